"""The register: an append-only log of what was believed when, and snapshots to read."""

from geodata.register.boundaries import Edition
from geodata.register.opening import open_register
from geodata.register.register import Register
from geodata.register.revision import Change, ChangeKind, Revision
from geodata.register.snapshot import Snapshot

__all__ = [
    "Change",
    "ChangeKind",
    "Edition",
    "Register",
    "Revision",
    "Snapshot",
    "open_register",
]
