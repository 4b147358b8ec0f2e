"""The register: an append-only log of what was believed when, and snapshots to read."""

from geodata.register.copying import backup, copy_store, restore
from geodata.register.difference import (
    Difference,
    FieldChange,
    RecordChange,
    Step,
    field_changes,
    steps,
)
from geodata.register.opening import open_register, store_for
from geodata.register.redaction import Redaction
from geodata.register.reference import Edition
from geodata.register.register import Register
from geodata.register.revision import Change, ChangeKind, Revision
from geodata.register.snapshot import Snapshot
from geodata.register.verification import Verified, verify

__all__ = [
    "Change",
    "ChangeKind",
    "Difference",
    "Edition",
    "FieldChange",
    "RecordChange",
    "Redaction",
    "Register",
    "Revision",
    "Snapshot",
    "Step",
    "Verified",
    "backup",
    "copy_store",
    "field_changes",
    "open_register",
    "restore",
    "steps",
    "store_for",
    "verify",
]
