"""Heavy libraries that load with their first use, not with the program.

A command or a service is ready sooner by what it does not need. An import inside a function
does the same for one place; this is for modules that use a library in many.
"""

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
    from rapidfuzz import distance, fuzz, process
    from scipy import sparse, special
else:
    babel = deferred("babel")
    distance, fuzz, process = (
        deferred(f"rapidfuzz.{name}") for name in ("distance", "fuzz", "process")
    )
    sparse, special = deferred("scipy.sparse"), deferred("scipy.special")

__all__ = ["babel", "collect_less", "deferred", "distance", "fuzz", "process", "sparse", "special"]

ALLOCATIONS = 50_000
"""New objects after which Python looks for garbage. Loading libraries makes a million objects and
no garbage: with its 700 they are walked through so often that it takes a third of a start."""


def collect_less() -> None:
    """Let Python look for garbage less often, in this process."""
    gc.set_threshold(ALLOCATIONS, 20, 20)
