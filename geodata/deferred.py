"""Heavy libraries, and parts of a package, that load with their first use, not with the program.

A command or a service is ready sooner by what it does not need. An import inside a function
does the same for one place; this is for modules that use a library in many.
"""

import atexit
import gc
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any


class _Deferred(ModuleType):
    """Stands for a module until something of it is asked for; threads may ask at once."""

    def __getattr__(self, name: str) -> Any:
        if self.__name__.startswith("scipy."):
            _spare_numpy()
        value = getattr(importlib.import_module(self.__name__), name)
        setattr(self, name, value)
        return value


def _spare_numpy() -> None:
    """Let SciPy not load what of `numpy` it has no use for, half of its own load, as all of it."""
    import numpy as np

    for name in ("ctypeslib", "f2py", "polynomial", "testing"):
        vars(np).setdefault(name, deferred(f"numpy.{name}"))


def deferred(name: str) -> Any:
    """Give a module that is imported when something of it is first used.

    Examples
    --------
    >>> special = deferred("scipy.special")
    >>> round(float(special.gammaln(5)), 3)
    3.178
    """
    return _Deferred(name)


def parts(package: str, homes: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """Give the `__getattr__` of a package whose parts load when they are asked for.

    Parameters
    ----------
    package
        Its name.
    homes
        Modules of the package, which it gives, to what else it gives of each. No name is that of
        a module: which of the two is given would be decided by what was imported first.
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def part(name: str) -> Any:
        if name in homes:
            return importlib.import_module(f"{package}.{name}")
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{package}.{home_of[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return part


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
    "babel", "collect_less", "deferred", "distance", "fuzz", "keep_loaded", "numbers", "parts",
    "process",
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
