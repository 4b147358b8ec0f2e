"""Heavy answers: made in a process of their own, one at a time, and kept in the data directory.

A backtest, a difference of two dates, an atlas or a map of many incidents takes seconds of
processor time. Where the register holds more than a few incidents, none of that happens in the
process that answers: a second one opens the same register, makes one answer after the other, and
ends when nothing was asked of it for a while, or with the first. What it made is kept in files
named by all that they are a function of: revision, view, parameters, day and version of the
program. Of several processes on one data directory one makes an answer while the others wait
for a lock on a file, which the system gives back however its holder ends.

While an answer is made anew, the last one may be given to whoever takes it, with its revision
named, as long as nothing but new incidents was recorded since: what was corrected, restricted or
taken back is never shown as it was.
"""

import fcntl
import importlib
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from multiprocessing.connection import Connection
from pathlib import Path
from threading import BoundedSemaphore, Condition, Event, Thread
from typing import Any, NamedTuple

import orjson

import geodata
import service
from geodata import errors, progress
from geodata.deferred import keep_loaded
from geodata.disk import first_at, private_file, private_folder
from geodata.errors import GeodataError, StoreError
from geodata.register import Register, Snapshot
from geodata.register.public import Location
from geodata.risk import RiskParameters
from geodata.risk.of_snapshot import ranking_key
from service.settings import Settings

ORDER = ("features", "ranking", "table", "backtest", "changes", "map", "atlas")
"""Kinds of answers, in the order in which waiting ones are made: every table rests on the
ranking's backtest. `service.heavy` says how each is made."""
ELSEWHERE = "features"
"""Kind that is no answer: what is made lies in a file of its own, which says what it is of."""
MOST_BYTES = 256 * 2**20
"""Bytes of answers that are kept in the data directory."""
MOST_QUEUED = 8
"""Answers that wait to be made; whoever asks for one more is told to come again."""
MOST_WAITING = 16
"""Requests that wait for them: each takes a thread, and others need some too."""
MOST_SECONDS = 600.0
"""After which an answer is given up."""
IDLE_SECONDS = 300.0
"""After which a process that nobody asked anything gives its memory back."""
LARGE_MB = 1_500
"""Memory after which the next answer is made in a new process."""
PREPARE_SECONDS = 3.0
"""After the start, until what the answers rest on is made: who asked for the first page has it."""
AGAIN_SECONDS = 600.0
"""After which one looks again whether the features that lie in a file are of too few rows."""
_TOLD_SECONDS = 0.2
log = logging.getLogger("hazardmap")


class Ref(NamedTuple):
    """What tells another process which snapshot is meant."""

    key: str
    revision: int
    recorded_at: datetime
    newest: bool
    edition: str
    location: Location | None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Ref":
        """Describe a snapshot."""
        return cls(
            snapshot.key,
            snapshot.revision,
            snapshot.recorded_at,
            snapshot.is_newest,
            snapshot.edition,
            snapshot.location,
        )

    def found_in(self, register: Register) -> Snapshot:
        """Give the snapshot, or a newer one where the register has gone on."""
        moment = None if self.newest else self.recorded_at
        edition = None if self.edition == "none" else self.edition
        found = register.snapshot(moment, boundaries=edition)
        return found if self.location is None else found.public(self.location)


@dataclass(frozen=True)
class Job:
    """An answer to make."""

    kind: str
    """One of `ORDER`."""
    of: tuple[Ref, ...]
    """The snapshots it is made from; the last one is the one that it speaks of."""
    options: tuple[Any, ...]
    """What else it is a function of."""
    name: str = ""
    """Names it with everything that it is a function of."""

    def __post_init__(self) -> None:
        """Name it, where nobody did."""
        if not self.name:
            keys = [ref.key for ref in self.of]
            today = datetime.now(UTC).date()
            object.__setattr__(self, "name", _digest(self.variant, keys, today))

    @property
    def variant(self) -> str:
        """What stays when the register goes on: kind, view, edition and options."""
        if self.kind == "ranking":
            return "ranking"
        where = [(ref.edition, ref.location) for ref in self.of]
        return _digest(self.kind, where, self.options)

    def told(self) -> dict[str, Any]:
        """Give what is told of it to whoever asks; not what was asked for."""
        last = self.of[-1]
        return {
            "kind": self.kind,
            "view": "full" if last.location is None else "public",
            "revision": last.revision,
        }


@dataclass(frozen=True)
class JobResult:
    """What was made."""

    body: bytes
    """The bytes as the kind gives them."""
    revision: int
    recorded_at: str
    """What it was made from."""
    fresh: bool = True
    """Whether it is no older than what was asked for."""
    exact: bool = True
    """Whether it is that very revision: the register may have gone on meanwhile."""


def _maker(kind: str) -> Callable[..., bytes]:
    """Give what makes a kind of answers; maps and sheets load libraries that take a second."""
    makers: dict[str, Callable[..., bytes]] = _heavy().KINDS
    return makers[kind]


def _heavy() -> Any:
    return importlib.import_module("service.heavy")


def _digest(*parts: object) -> str:
    text = "\x1f".join(map(repr, (program(), *parts)))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def ranking_name(key: str) -> str:
    """Name the backtest that a ranking rests on by what it sees, whatever the revision."""
    return _digest("ranking", key)


@cache
def program() -> str:
    """Give a text that differs when the program does: another one makes other answers."""
    made_of = blake2b(digest_size=8)
    for package in (geodata, service):
        for path in _files_of(Path(str(package.__file__)).parent):
            held = path.stat()
            made_of.update(f"{path} {held.st_size} {held.st_mtime_ns}\n".encode())
    return made_of.hexdigest()


def _files_of(package: Path) -> list[Path]:
    """Give the files of a program, without its bytecode.

    That is written at first use, by way of a file of another name: processes that look at
    different moments would take one program for two, and each other's answers for foreign.
    """
    found = (path for path in package.rglob("*") if "__pycache__" not in path.parts)
    return sorted(path for path in found if path.is_file() and path.suffix != ".lock")


# -- what is kept --------------------------------------------------------------------


class Kept:
    """Answers in files: a line about each, then its bytes.

    Parameters
    ----------
    folder
        In the data directory; made with the first answer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, job: Job) -> JobResult | None:
        """Give an answer that is kept and whole."""
        if job.kind == ELSEWHERE:
            return None
        return self._read(self.folder / job.variant / job.name)

    def latest(self, job: Job) -> tuple[dict[str, Any], Path] | None:
        """Give what is told of the last answer to the same question, and its file."""
        files = (self.folder / job.variant).glob("*")
        newest = max(files, key=_time_of, default=None)
        if newest is None or job.kind == "ranking":
            return None
        with suppress(OSError, ValueError), newest.open("rb") as file:
            return orjson.loads(file.readline()), newest
        return None

    def older(self, path: Path) -> JobResult | None:
        """Give an answer that is not the one asked for."""
        found = self._read(path)
        return found and replace(found, fresh=False, exact=False)

    def put(self, job: Job, answer: JobResult, about: Mapping[str, Any]) -> None:
        """Keep an answer: whole, or not at all; the oldest make room for it."""
        if len(answer.body) > MOST_BYTES // 4 or job.kind == ELSEWHERE:
            return
        path = self.folder / job.variant / job.name
        line = {**about, "check": _check(answer.body), "bytes": len(answer.body)}
        part = self.folder / f"part-{os.getpid()}"
        with suppress(OSError):
            private_folder(self.folder)
            private_folder(path.parent)
            private_file(part).write_bytes(orjson.dumps(line) + b"\n" + answer.body)
            part.replace(path)
            self._make_room(path)

    def listed(self) -> list[dict[str, Any]]:
        """Give what is told of each, the newest first."""
        found = []
        for path in sorted(self._files(), key=_time_of, reverse=True):
            with suppress(OSError, ValueError), path.open("rb") as file:
                found.append(orjson.loads(file.readline()))
        return found

    def clear(self) -> None:
        """Keep nothing: words may have been taken back that stand in it."""
        for path in self.folder.glob("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("*/*") if path.is_file()]

    def _read(self, path: Path) -> JobResult | None:
        try:
            line, _, body = path.read_bytes().partition(b"\n")
            about = orjson.loads(line)
            if about["check"] != _check(body):
                path.unlink(missing_ok=True)
                return None
            return JobResult(body, about["revision"], about["recorded_at"])
        except (OSError, ValueError, KeyError):
            return None

    def _make_room(self, newest: Path) -> None:
        sizes = {path: path.stat().st_size for path in self._files()}
        held = sum(sizes.values())
        for path in sorted(sizes, key=_time_of):
            if held <= MOST_BYTES:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                held -= sizes[path]


def _check(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _time_of(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def kept_in(data: Path) -> Kept:
    """Give what a data directory keeps."""
    return Kept(data / "answers")


# -- the process that makes them -----------------------------------------------------


@contextmanager
def _alone(folder: Path, told: dict[str, Any]) -> Iterator[None]:
    """Wait until no other process makes an answer, and let others see what this one makes."""
    private_folder(folder)
    descriptor = os.open(private_file(folder / "lock"), os.O_RDWR)
    heard = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal heard
        now = time.monotonic()
        if now - heard < _TOLD_SECONDS and done < of:
            return
        heard = now
        text = orjson.dumps(told | {"done": done, "of": of})
        os.pwrite(descriptor, text + b"\n", 0)
        os.ftruncate(descriptor, len(text) + 1)

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        told["since"] = datetime.now(UTC).isoformat(timespec="seconds")
        tell(0, 0)
        with progress.told_to(tell):
            yield
    finally:
        os.close(descriptor)


def running(folder: Path) -> dict[str, Any] | None:
    """Say what is being made now, by whichever process on this data directory."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        with suppress(ValueError):
            found: dict[str, Any] = orjson.loads(os.pread(descriptor, 4_096, 0))
            return found
        return {}
    finally:
        os.close(descriptor)
    return None


def _made(job: Job, register: Register, kept: Kept) -> JobResult:
    with _alone(kept.folder, job.told()):
        found = kept.get(job)
        if found is not None:
            return found
        begun, epoch = time.monotonic(), register.epoch
        snapshots = [ref.found_in(register) for ref in job.of]
        body = _maker(job.kind)(snapshots, *job.options)
        last = snapshots[-1]
        answer = JobResult(body, last.revision, last.recorded_at.isoformat())
        if job.kind == "ranking":
            exact = job.name == ranking_name(ranking_key(last, *job.options[:2]))
        else:
            exact = all(one.key == ref.key for one, ref in zip(snapshots, job.of, strict=True))
        if not exact:
            return replace(answer, exact=False)
        kept.put(job, answer, _about(job, answer, last, begun))
        if register.epoch != epoch:
            kept.clear()
        return answer


def _keeping(kept: Kept) -> Callable[..., Any]:
    """Make and keep the ranking's backtest where the answers are made that rest on it."""

    def report(
        snapshot: Snapshot,
        options: tuple[RiskParameters, int | None],
        key: str,
        make: Callable[[], dict[str, Any]],
    ) -> dict[str, Any]:
        job = Job("ranking", (Ref.of(snapshot),), (*options, 0.0), ranking_name(key))
        found = kept.get(job)
        if found is not None:
            body: dict[str, Any] = orjson.loads(found.body)
            return body
        begun, made = time.monotonic(), make()
        answer = JobResult(orjson.dumps(made), snapshot.revision, snapshot.recorded_at.isoformat())
        kept.put(job, answer, _about(job, answer, snapshot, begun))
        return made

    return report


def _about(job: Job, answer: JobResult, snapshot: Snapshot, begun: float) -> dict[str, Any]:
    return job.told() | {
        "recorded_at": answer.recorded_at,
        "seconds": round(time.monotonic() - begun, 1),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "digest": snapshot.digest,
    }


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(connection: Connection, settings: Settings) -> None:
    """Make one answer after the other, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    most = settings.worker_memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    keep_loaded()
    register = settings.opened_register(empty=True)
    kept = kept_in(settings.data)
    register.makes_apart(_keeping(kept))
    while True:
        try:
            job = connection.recv()
        except EOFError:
            return
        reply: tuple[Any, ...]
        try:
            reply = ("made", _made(job, register, kept))
        except GeodataError as error:
            reply = ("refused", type(error).__name__, error.args, vars(error))
        except MemoryError:
            what = f"This answer takes more memory than the {settings.worker_memory_mb} MB it may."
            reply = ("refused", "StoreError", (what,), vars(StoreError(what, code="too-large")))
        except Exception:  # noqa: BLE001 - the process that asked logs it
            reply = ("failed", traceback.format_exc())
        large = _held_mb() > LARGE_MB
        connection.send((*reply, large))
        if large:
            return


def _held_mb() -> float:
    """Give the memory that this process has now.

    Its most so far would tell of another: it begins with the most of the process that started it.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


# -- where they are asked for --------------------------------------------------------


@dataclass
class _Task:
    job: Job
    done: Event = field(default_factory=Event)
    answer: JobResult | None = None
    error: BaseException | None = None


class Desk:
    """Takes jobs, hands them to the process that makes them, and gives out what it made."""

    def __init__(self, settings: Settings) -> None:
        self.kept = kept_in(settings.data)
        self._settings = settings
        self._tasks: dict[str, _Task] = {}
        self._queue: list[_Task] = []
        self._changed = Condition()
        self._waiting = BoundedSemaphore(MOST_WAITING)
        self._thread: Thread | None = None
        self._worker: tuple[Any, Connection] | None = None
        self._closed = False

    @property
    def worker_pid(self) -> int | None:
        """Process that makes the answers, while there is one."""
        return self._worker[0].pid if self._worker else None

    def is_heavy(self, snapshot: Snapshot) -> bool:
        """Say whether what is made of a snapshot is made apart."""
        return len(snapshot.incidents) >= self._settings.apart_from

    def ask(
        self,
        kind: str,
        of: Sequence[Snapshot],
        *options: Any,
        register: Register,
        older: bool = False,
    ) -> JobResult:
        """Give an answer, waiting for it where it has to be made.

        Parameters
        ----------
        of
            The snapshots it is made from, the one that it speaks of last.
        older
            Whether the last answer will do while this one is made.

        Raises
        ------
        StoreError
            Too many answers or requests wait (503), or the process ended twice.
        """
        last = of[-1]
        if not self.is_heavy(last):
            body = _maker(kind)(of, *options)
            return JobResult(body, last.revision, last.recorded_at.isoformat())
        job = Job(kind, tuple(map(Ref.of, of)), options)
        found = self.kept.get(job)
        if found is not None:
            return found
        if older and (before := self._before(job, register)):
            with suppress(StoreError):
                self._submit(job)
            return before
        return self.made(job)

    def report(
        self,
        snapshot: Snapshot,
        options: tuple[RiskParameters, int | None],
        name: str,
        make: Callable[[], dict[str, Any]],
    ) -> dict[str, Any]:
        """Give the backtest that the ranking rests on (see `geodata.risk.backtest_of`).

        Parameters
        ----------
        make
            Makes it here, where it is not heavy or cannot be had in time.
        """
        if not self.is_heavy(snapshot):
            return make()
        job = Job("ranking", (Ref.of(snapshot),), (*options, 0.0), ranking_name(name))
        found = self.kept.get(job)
        if found is None:
            try:
                found = self.made(job)
            except StoreError as reason:
                log.warning("the ranking's backtest is made here: %s", reason.message)
                return make()
        # The register has gone on in a way that this backtest sees.
        if not found.exact:
            return make()
        body: dict[str, Any] = orjson.loads(found.body)
        return body

    def made(self, job: Job) -> JobResult:
        """Have a job done, and wait for it.

        Raises
        ------
        StoreError
            As `ask`.
        """
        if not self._waiting.acquire(blocking=False):
            raise _busy()
        try:
            task = self._submit(job)
            if not task.done.wait(2 * MOST_SECONDS):
                raise _busy()
        finally:
            self._waiting.release()
        if task.error is not None:
            raise task.error
        assert task.answer is not None  # noqa: S101
        return task.answer

    def prepare(
        self, register: Register, after: float = PREPARE_SECONDS, again: float | None = None
    ) -> Thread:
        """Have what most answers rest on made before somebody asks, in a thread of its own.

        Parameters
        ----------
        again
            Seconds after which it is looked again whether something is due; None = never.
        """

        def make() -> None:
            if self._ends_within(after):
                return
            try:
                private_folder(self.kept.folder)
                with first_at(self.kept.folder / "preparing") as first:
                    if first:
                        self._make_ahead(register, again=False)
                    while first and again is not None and not self._ends_within(again):
                        self._make_ahead(register, again=True)
            except (GeodataError, OSError, RuntimeError) as reason:
                log.info("not all was made before somebody asks: %s", reason)

        thread = Thread(target=make, name="prepare", daemon=True)
        thread.start()
        return thread

    def _ends_within(self, seconds: float) -> bool:
        """Wait; say whether nothing is to be made any more."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed, seconds)

    def _make_ahead(self, register: Register, *, again: bool) -> None:
        snapshot = register.snapshot().public(self._settings.restricted_location)
        if not self.is_heavy(snapshot):
            return
        heavy = _heavy()
        wanted = heavy.made_again(snapshot) if again else heavy.made_first(self._settings, snapshot)
        for kind, options in wanted:
            job = Job(kind, (Ref.of(snapshot),), options)
            try:
                if self.kept.get(job) is None:
                    self.made(job)
            except GeodataError as reason:
                # A disk without room for one need not be too full for the next.
                log.info("not made before somebody asks: %s: %s", kind, reason)

    def told(self, view: str) -> dict[str, Any]:
        """Say what is made, what waits and what is kept, as far as a view may see it."""
        with self._changed:
            waiting = [task.job.told() for task in self._queue]
        now = running(self.kept.folder)
        groups = {"running": [now] if now else [], "waiting": waiting, "kept": self.kept.listed()}
        shown = ("kind", "view", "revision", "recorded_at", "since", "done", "of", "made",
                 "seconds", "bytes")  # fmt: skip
        return {
            name: [
                {key: one[key] for key in shown if key in one}
                for one in several
                if view == "full" or one.get("view") == "public"
            ]
            for name, several in groups.items()
        }

    def begin(self) -> None:
        """Take jobs, also after a `close`."""
        self._closed = False

    def close(self) -> None:
        """Make nothing any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._stop()

    def _before(self, job: Job, register: Register) -> JobResult | None:
        last = self.kept.latest(job)
        if last is None:
            return None
        about, path = last
        now = job.of[-1]
        if about["revision"] > now.revision or not now.newest:
            return None
        if not register.only_added(about["revision"], about["digest"], now.revision):
            return None
        # The very one may have come since it was looked for.
        return self.kept.get(job) or self.kept.older(path)

    def _submit(self, job: Job) -> _Task:
        with self._changed:
            task = self._tasks.get(job.name)
            if task is not None:
                return task
            if self._closed or len(self._queue) >= MOST_QUEUED:
                raise _busy()
            task = self._tasks[job.name] = _Task(job)
            self._queue.append(task)
            if self._thread is None:
                self._thread = Thread(target=self._hand_out, name="heavy answers", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return task

    def _hand_out(self) -> None:
        while (task := self._next()) is not None:
            try:
                task.answer = self._had(task.job)
            except BaseException as reason:  # noqa: BLE001 - raised where it was asked for
                task.error = reason
            self._end(task)

    def _next(self) -> _Task | None:
        """Give the task whose turn it is; None where nobody asks for a while, or at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed, IDLE_SECONDS)
            if self._queue and not self._closed:
                task = min(self._queue, key=lambda one: ORDER.index(one.job.kind))
                self._queue.remove(task)
                return task
            self._thread = None
            left, self._queue = self._queue, []
            self._stop()
        for task in left:
            task.error = _busy()
            self._end(task)
        return None

    def _end(self, task: _Task) -> None:
        with self._changed:
            self._tasks.pop(task.job.name, None)
        task.done.set()

    def _had(self, job: Job) -> JobResult:
        for _ in range(2):
            if self._closed:
                break
            try:
                connection = self._started()
                connection.send(job)
                # At its end a pipe can be read too, and says so.
                if not connection.poll(MOST_SECONDS):
                    raise EOFError
                what, *rest, large = connection.recv()
            except (EOFError, OSError):
                log.warning("the process that makes heavy answers ended: %s", job.kind)
                self._stop()
                continue
            if large:
                self._stop()
            if what == "made":
                made: JobResult = rest[0]
                return made
            if what == "failed":
                raise RuntimeError(rest[0])
            raise _rebuilt(*rest)
        raise StoreError(
            "This answer could not be made: the process that makes it ended. Try again in a "
            "minute, or ask for less.",
            code="worker-ended",
        )

    def _started(self) -> Connection:
        if self._worker is None:
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_work, args=(theirs, self._settings), name="hazardmap-answers", daemon=True
            )
            process.start()
            theirs.close()
            self._worker = process, ours
        return self._worker[1]

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            process, connection = worker
            process.kill()
            process.join(10)
            connection.close()


def _busy() -> StoreError:
    return StoreError(
        "Too many heavy answers are being made: try again in a few seconds.", code="busy"
    )


def _rebuilt(name: str, args: tuple[Any, ...], members: dict[str, Any]) -> GeodataError:
    kind: type[GeodataError] = getattr(errors, name)
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(members)
    return error
