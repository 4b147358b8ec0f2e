"""A redaction reaches all that is kept: the register, the list beside it, reports of imports."""

from pathlib import Path

from geodata.register import Redaction, Register
from geodata.register.redaction import remember
from service.import_reports import ImportReports
from service.jobs import kept_in


def reports_of(folder: Path) -> ImportReports:
    """Give the reports of imports that the data directory keeps."""
    return ImportReports(folder / "imports")


def redact(register: Register, folder: Path, wanted: Redaction) -> list[int]:
    """Take words of a record back, wherever this service keeps them."""
    done = register.redact(wanted)
    if done:
        remember(folder, wanted)
    reports_of(folder).forget(wanted.record_id)
    kept_in(folder).clear()
    return done
