"""Where the service keeps the reports of imports, and how an uploaded file reaches the disk."""

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import IO, Any
from uuid import uuid4

import orjson

from geodata.disk import private_file, private_folder
from geodata.errors import InvalidInput, NotFound, StoreError
from geodata.intake import slug

_ID = re.compile(r"^[0-9a-f]{32}$")
_KEPT = 200
"""Reports kept; the oldest go."""
_BLOCK = 1 << 20
_TOLD_SECONDS = 0.5


class ImportReports:
    """Reports and rejects as files of one folder, named by an id that cannot be guessed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_id(self) -> str:
        """Give a new id, with the folder ready for it.

        Raises
        ------
        StoreError
            The folder cannot be made.
        """
        try:
            private_folder(self._folder)
        except OSError as reason:
            raise StoreError(
                f"Reports of imports cannot be kept in the data directory ({reason.strerror}). "
                "Nothing was imported."
            ) from None
        return uuid4().hex

    def rejects_path(self, import_id: str) -> Path:
        """Give where an import's refused rows are written."""
        return self._folder / f"{_checked(import_id)}.csv"

    def save(self, import_id: str, body: dict[str, Any]) -> None:
        """Keep a report, and let the oldest ones go."""
        # The import itself is done by now: a full disk must not turn it into a failure.
        with contextlib.suppress(OSError):
            private_file(self._folder / f"{_checked(import_id)}.json").write_bytes(
                orjson.dumps(body)
            )
            held = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
            for old in held[:-_KEPT]:
                old.unlink(missing_ok=True)
                old.with_suffix(".csv").unlink(missing_ok=True)

    @contextlib.contextmanager
    def watched(self, watch: str | None) -> Iterator[Callable[[str, int, int], None] | None]:
        """Keep how far an import is, for whoever knows the name that its sender chose.

        Parameters
        ----------
        watch
            32 hexadecimal digits; None = nobody looks.

        Yields
        ------
        callable or None
            Takes the stage, the rows done and the rows in all (0 = not known yet).
        """
        if watch is None:
            yield None
            return
        path, part = (self._folder / f"{_checked(watch)}{end}" for end in (".far", ".far-part"))
        # A stage begins where the one before was heard of last.
        begun: dict[str, float] = {}
        heard, written = monotonic(), 0.0

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal heard, written
            now = monotonic()
            begun.setdefault(stage, heard)
            heard = now
            if now - written < _TOLD_SECONDS:
                return
            written = now
            body = {"stage": stage, "done": done, "total": total or None,
                    "seconds": round(now - begun[stage], 1)}  # fmt: skip
            # Another worker may be asked: it reads the file, whole or as it was before.
            with contextlib.suppress(OSError):
                private_file(part).write_bytes(orjson.dumps(body))
                part.replace(path)

        try:
            yield tell
        finally:
            for one in (path, part):
                one.unlink(missing_ok=True)

    def progress(self, watch: str) -> bytes:
        """Give how far a running import is, as JSON text (see `watched`).

        Raises
        ------
        NotFound
            No import of that name is running.
        """
        return self._read(watch, ".far")

    def load(self, import_id: str) -> bytes:
        """Give a report as JSON text.

        Raises
        ------
        NotFound
            It is unknown, or gone.
        """
        return self._read(import_id, ".json")

    def rejects(self, import_id: str) -> bytes:
        """Give refused rows as CSV.

        Raises
        ------
        NotFound
            The import is unknown, or refused no row.
        """
        return self._read(import_id, ".csv")

    def forget(self, record_id: str) -> None:
        """Take out of the reports what they say of one record, whose words were taken back.

        Refused rows name no record: of an import that recorded it they go as a whole.
        """
        named = orjson.dumps(record_id)
        for path in self._folder.glob("*.json"):
            raw = path.read_bytes()
            if named not in raw:
                continue
            body = orjson.dumps(_without(orjson.loads(raw), record_id))
            path.write_bytes(body)
            path.with_suffix(".csv").unlink(missing_ok=True)

    def _read(self, import_id: str, suffix: str) -> bytes:
        try:
            return (self._folder / f"{_checked(import_id)}{suffix}").read_bytes()
        except OSError:
            raise _unknown() from None


def _without(part: Any, record_id: str) -> Any:
    """Leave out the entries of lists that name a record."""
    if isinstance(part, dict):
        return {name: _without(value, record_id) for name, value in part.items()}
    if isinstance(part, list):
        kept = [one for one in part if not (isinstance(one, dict) and record_id in one.values())]
        return [_without(one, record_id) for one in kept]
    return part


def _checked(import_id: str) -> str:
    if not _ID.match(import_id):
        raise _unknown()
    return import_id


def _unknown() -> NotFound:
    return NotFound(
        f"There is no such import, or it has no such file; the last {_KEPT} are kept.",
        code="no-import",
    )


def saved_upload(stream: IO[bytes], name: str, folder: Path, most_bytes: int) -> Path:
    """Write an uploaded file to a folder, under a name that cannot leave it.

    Parameters
    ----------
    name
        What the client calls it: only letters, digits, dots and hyphens of its last part
        are kept, so that the data set is named alike however the file arrives.

    Raises
    ------
    InvalidInput
        The file is larger.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    stem, dot, suffix = last.rpartition(".")
    if not dot:
        stem, suffix = last, "dat"
    path = folder / f"{slug(stem)[:80] or 'upload'}.{slug(suffix)[:12] or 'dat'}"
    written = 0
    with path.open("wb") as target:
        while block := stream.read(_BLOCK):
            written += len(block)
            if written > most_bytes:
                raise InvalidInput(
                    f"The file is larger than {most_bytes / 2**20:g} MiB. Split it, or import it "
                    "with the command line.",
                    code="body-too-large",
                )
            target.write(block)
    return path
