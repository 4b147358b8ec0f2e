"""How far long work is, for whoever wants to know: nobody has to pass it on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[int, int], None]
_TELL: ContextVar[Tell | None] = ContextVar("tell", default=None)


@contextmanager
def told_to(tell: Tell) -> Iterator[None]:
    """Let a function hear of the work done within."""
    before = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(before)


def step(done: int, of: int) -> None:
    """Say that some of all steps are done."""
    tell = _TELL.get()
    if tell is not None:
        tell(done, of)
