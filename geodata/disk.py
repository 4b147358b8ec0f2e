"""Files of the project on the disk: for their owner alone, whole or not there, none left over.

What the register and the service write may name places that are kept from the public, so nobody
else on the machine may read it, whatever the umask says.
"""

import atexit
import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from geodata.errors import InvalidInput, StoreError

OWNER_FILE, OWNER_FOLDER = 0o600, 0o700
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_SCRATCH = "hazardmap-scratch-"
BESIDE = ".hazardmap-"
"""How the names of folders begin in which files are made beside their place."""
_LOCK = "lock"
_YOUNG_S = 5.0
_PROBE_BYTES = 1 << 16


def private_folder(path: Path) -> Path:
    """Make a folder for its owner alone; one that is there already is left as it is.

    Raises
    ------
    OSError
        It cannot be made.
    """
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(OWNER_FOLDER)
    return path


def private_file(path: Path) -> Path:
    """Make a file for its owner alone if there is none, and close an open one to others.

    Raises
    ------
    OSError
        It cannot be made.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_FILE))
    held = path.stat()
    if stat.S_IMODE(held.st_mode) & 0o077 and held.st_uid == os.geteuid():
        path.chmod(OWNER_FILE)
    return path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a place to write a file at that appears at its own only when it is whole.

    Parameters
    ----------
    path
        The file; one that is there stays until the new one is on the disk.

    Yields
    ------
    Path
        A file of the same name in a folder beside it, which goes away whatever happens.

    Raises
    ------
    StoreError, InvalidInput
        See `scratch_beside`.
    """
    with scratch_beside(path) as folder:
        made = folder / path.name
        yield made
        made.chmod(OWNER_FILE)
        _probe(made)
        synced(made)
        made.replace(path)
        synced(path.parent)


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """Give a folder beside a file, to make it in; it goes away whatever happens.

    Raises
    ------
    StoreError
        The disk is full (code ``disk-full``).
    InvalidInput
        The place cannot be written to (code ``cannot-write``).
    """
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=BESIDE) as folder:
            yield Path(folder)
    except OSError as reason:
        raise _unwritten(path, reason) from None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others from writing a folder's files meanwhile; what killed runs left there goes.

    Raises
    ------
    InvalidInput
        Another process does so now (code ``cannot-write``).
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InvalidInput(
                f"{folder} is being written by another process; wait for it.", code="cannot-write"
            ) from None
        for left in folder.glob(f"{BESIDE}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def first_at(path: Path) -> Iterator[bool]:
    """Say whether no other process, nor another thread, is within such a block at a file.

    The file is made and stays; where none can be, whoever asks is the first.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_FILE)
    except OSError:
        yield True
        return
    try:
        first = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            first = False
        yield first
    finally:
        os.close(descriptor)


def no_room() -> OSError:
    """Make the error of a full disk, for writers that have words of their own for it."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _probe(path: Path) -> None:
    """Ask for a little more room: some drivers lose the last part of a file without a word.

    Raises
    ------
    OSError
        There is none.
    """
    size = path.stat().st_size
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        asked = bytes(_PROBE_BYTES)
        if os.write(descriptor, asked) < len(asked):
            raise no_room()
        os.fsync(descriptor)
        os.ftruncate(descriptor, size)
    finally:
        os.close(descriptor)


def synced(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(path: Path, reason: OSError) -> StoreError | InvalidInput:
    if reason.errno in _FULL:
        return StoreError(
            f"{path} could not be written whole: the disk is full, or the file is too large for "
            "it. Nothing was left there. Free some space or choose another place.",
            code="disk-full",
        )
    return InvalidInput(
        f"{path} cannot be written: {reason.strerror or reason}. Choose another file or folder.",
        code="cannot-write",
        details=[{"field": "output", "reason": "cannot be written"}],
    )


@lru_cache(maxsize=1)
def _scratch_root(process: int) -> Path:
    del process  # a forked process makes its own
    root = Path(tempfile.mkdtemp(prefix=_SCRATCH))
    # Held as long as the process lives, however it ends: that is how the next one knows.
    descriptor = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT, OWNER_FILE)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def scratch(purpose: str) -> "tempfile.TemporaryDirectory[str]":
    """Give a folder for temporary files that goes away, after a kill at the next start.

    To be used as a context; empty, and for its owner alone.
    """
    return tempfile.TemporaryDirectory(dir=_scratch_root(os.getpid()), prefix=f"{purpose}-")


def sweep() -> int:
    """Remove the temporary files that killed processes left; give how many left some.

    Those of living processes are locked, and other users' are not ours to remove.
    """
    swept = 0
    for root in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        with suppress(OSError):
            if time.time() - root.stat().st_mtime < _YOUNG_S:
                continue  # its owner may be about to lock it
            descriptor = os.open(root / _LOCK, os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(root)
                swept += 1
            finally:
                os.close(descriptor)
    return swept
