"""What works through the parts of a layer: this process one by one, or the workers of Dask."""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

from geodata import progress
from geodata.deferred import deferred
from geodata.errors import InvalidInput

_distributed = deferred("distributed")

Engine = Literal["stream", "dask"]
ENGINES = ("stream", "dask")
AHEAD = 3
"""Parts given out for each worker: enough that none waits, few enough that what is done and not
yet added stays small."""
WORKER_BYTES = 500_000_000
"""Without as much a worker is not started: its libraries take half of it."""
T = TypeVar("T")
P = TypeVar("P")


class Workers(ABC):
    """Who works on parts."""

    def done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        """Do the work on each part; give what it made, in the order in which it is ready.

        Parameters
        ----------
        work
            A function of a module that the workers can import.
        shared
            Its first argument, sent once.
        parts
            Its second arguments, each done once.

        Yields
        ------
        object
            What `work` gave.

        Raises
        ------
        InvalidInput
            A part took more memory than its worker has.
        """
        progress.step(0, len(parts))
        for number, found in enumerate(self._done(work, shared, parts), 1):
            progress.step(number, len(parts))
            yield found

    @abstractmethod
    def _done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        """Do it."""


class _Stream(Workers):
    def _done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        return (work(shared, part) for part in parts)


class _Dask(Workers):
    def __init__(self, client: Any) -> None:
        self._client = client

    def _done(self, work: Callable[[Any, P], T], shared: Any, parts: Sequence[P]) -> Iterator[T]:
        everywhere = self._client.scatter([shared], broadcast=True)[0]
        left = iter(parts)

        def given(count: int) -> list[Any]:
            some = [part for _, part in zip(range(count), left, strict=False)]
            return [self._client.submit(work, everywhere, part, pure=False) for part in some]

        ready = _distributed.as_completed(given(AHEAD * max(len(self._client.nthreads()), 1)))
        for future in ready:
            try:
                found = future.result()
            except _distributed.KilledWorker as reason:
                raise InvalidInput(
                    f"A worker died of a part several times ({reason}): it may need more memory "
                    "than --memory leaves each worker, or smaller parts.",
                    code="worker-died",
                ) from None
            # what was added is not to be kept on the cluster
            future.release()
            for one in given(1):
                ready.add(one)
            yield found


@contextmanager
def workers_of(
    engine: Engine = "stream", *, scheduler: str | None = None, memory: int | None = None
) -> Iterator[Workers]:
    """Give workers, which go when the work is over.

    Parameters
    ----------
    engine
        ``stream``: this process; ``dask``: workers of their own.
    scheduler
        Address of a Dask cluster, e.g. ``tcp://10.0.0.1:8786``; None = a process for each core
        of this machine, on the loopback address.
    memory
        Bytes that this process and its workers on this machine may take together; None = what
        Dask allows.

    Yields
    ------
    Workers
        Who works.

    Raises
    ------
    InvalidInput
        The engine is not installed, or the cluster does not answer.
    """
    if engine == "stream":
        yield _Stream()
        return
    try:
        connect, local = _distributed.Client, _distributed.LocalCluster
    except ImportError:
        raise InvalidInput(
            'Dask is not installed: pip install "hazardmap[dask]". Without it --engine stream '
            "gives the same numbers in one process.",
            code="no-dask",
            details=[{"field": "engine", "reason": "dask is not installed"}],
        ) from None
    if scheduler:
        with _connected(connect, scheduler) as client:
            yield _Dask(client)
        return
    count, limit = len(os.sched_getaffinity(0)), None
    if memory is not None:
        # this process adds what they make, and has a share as each of them
        count = max(min(count, memory // WORKER_BYTES - 1), 1)
        limit = memory // (count + 1)
    with (
        local(
            n_workers=count,
            threads_per_worker=1,
            memory_limit=limit or "auto",
            dashboard_address="127.0.0.1:0",
            silence_logs="ERROR",
        ) as cluster,
        connect(cluster) as client,
    ):
        yield _Dask(client)


def _connected(connect: Any, scheduler: str) -> Any:
    try:
        return connect(scheduler, timeout=20)
    except (OSError, ValueError, TypeError) as reason:
        raise InvalidInput(
            f"The cluster at {scheduler} does not answer: {reason}",
            code="no-scheduler",
            details=[{"field": "scheduler", "reason": "does not answer"}],
        ) from None
