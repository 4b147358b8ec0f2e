"""Work in a thread beside the rest."""

from abc import ABC, abstractmethod
from threading import Event, Thread

_MOST_SECONDS = 5.0
"""How long the end of the work is waited for."""


class Background(ABC):
    """Work that goes on beside the rest until it is stopped.

    Parameters
    ----------
    name
        Of its thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stopped = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, if it has not begun; costs the caller nothing."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End within moments."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_MOST_SECONDS)

    def ends_within(self, seconds: float = 0.0) -> bool:
        """Wait; say whether it was stopped."""
        return self._stopped.wait(seconds)

    @abstractmethod
    def _run(self) -> None:
        """Work until `ends_within` says so."""
