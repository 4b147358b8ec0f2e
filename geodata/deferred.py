"""Heavy libraries that load with their first use, not with the program.

A command or a service is ready sooner by what it does not need. An import inside a function
does the same for one place; this is for modules that use a library in many.
"""

import atexit
import gc
import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any


class _Deferred(ModuleType):
    """Stands for a module until something of it is asked for; threads may ask at once."""

    def __getattr__(self, name: str) -> Any:
        if self.__name__.startswith("scipy."):
            _spare_f2py()
        value = getattr(importlib.import_module(self.__name__), name)
        setattr(self, name, value)
        return value


def _spare_f2py() -> None:
    """Let SciPy not load NumPy's translator of Fortran, half of its own load, as all of `numpy`."""
    import numpy as np

    vars(np).setdefault("f2py", deferred("numpy.f2py"))


def deferred(name: str) -> Any:
    """Give a module that is imported when something of it is first used.

    Examples
    --------
    >>> special = deferred("scipy.special")
    >>> round(float(special.gammaln(5)), 3)
    3.178
    """
    return _Deferred(name)


if TYPE_CHECKING:
    import babel
    from babel import numbers, units
    from rapidfuzz import distance, fuzz, process
    from scipy import sparse, special
else:
    babel = deferred("babel")
    numbers, units = deferred("babel.numbers"), deferred("babel.units")
    distance, fuzz, process = (
        deferred(f"rapidfuzz.{name}") for name in ("distance", "fuzz", "process")
    )
    sparse, special = deferred("scipy.sparse"), deferred("scipy.special")

__all__ = [
    "babel", "collect_less", "deferred", "distance", "fuzz", "keep_loaded", "numbers", "process",
    "sparse", "special", "units",
]  # fmt: skip

LOADING, LOADED = 400_000, 50_000
"""New objects after which Python looks for garbage, while libraries load and once they are there.
Loading a service makes 300,000 that stay, a command 200,000, and no garbage: with Python's own 700
they are walked through so often that it takes a third of a start."""


def collect_less() -> None:
    """Let Python not look for garbage while this process loads its libraries, nor at its end."""
    gc.set_threshold(LOADING, 20, 20)
    atexit.register(gc.freeze)


def keep_loaded() -> None:
    """Let no later look for garbage walk through what is loaded, as it stays."""
    gc.freeze()
    gc.set_threshold(LOADED, 20, 20)
