"""The query of a request, held strictly: nothing unknown, nothing twice."""

import re
from collections.abc import Collection, Iterable

from geodata.errors import InvalidInput
from geodata.risk.parameters import NAMES as RISK_NAMES

_DIGITS = re.compile(r"^[0-9]{1,400}$")

EVERYWHERE = ("f", "lang", "as-of", "boundaries")
"""Parameters that every resource takes."""
NEVER_EMPTY = (*EVERYWHERE, *RISK_NAMES)
"""An empty text means something only where it is compared with one."""


def bad(name: str, reason: str, *, code: str | None = None) -> InvalidInput:
    """Make the error of a parameter.

    Parameters
    ----------
    name
        Of the parameter.
    reason
        A sentence after its name.
    code
        Slug; None = ``bad-`` and the name.

    Returns
    -------
    InvalidInput
        With the parameter as the detail's field.
    """
    return InvalidInput(
        f"The parameter {name[:60]} {reason}",
        code=code or f"bad-{name}",
        details=[{"field": name[:60], "reason": reason}],
    )


class Query:
    """Parameters by name.

    Parameters
    ----------
    pairs
        Names and values in their order.

    Raises
    ------
    InvalidInput
        A parameter is given twice.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._values = dict(self.pairs)
        if len(self._values) < len(self.pairs):
            names = [name for name, _ in self.pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise bad(twice, "is given more than once.", code="repeated-parameter")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str | None:
        """Give a value as it is; None when the parameter is absent."""
        return self._values.get(name)

    def values(self) -> dict[str, str]:
        """Give all parameters."""
        return dict(self._values)

    def only(self, allowed: Collection[str]) -> None:
        """Refuse parameters that are not among `allowed` or `EVERYWHERE`.

        Raises
        ------
        InvalidInput
            All unknown ones, and what there is.
        """
        known = {*allowed, *EVERYWHERE}
        for name in NEVER_EMPTY:
            if self._values.get(name) == "":
                raise bad(name, "is empty; leave it out to have the default.")
        unknown = [name for name in self._values if name not in known]
        if unknown:
            raise InvalidInput(
                f"There is no parameter {unknown[0][:60]!r} here; there are "
                f"{', '.join(sorted(known))}.",
                code="unknown-parameter",
                details=[{"field": n[:60], "reason": "is unknown"} for n in unknown[:50]],
            )

    def whole(self, name: str, *, least: int, default: int, most: int | None = None) -> int:
        """Give a whole number.

        Parameters
        ----------
        name
            Of the parameter.
        least
            The smallest value; less is refused.
        default
            Its value when it is absent.
        most
            The largest value; more means this.

        Returns
        -------
        int
            Between `least` and `most`.

        Raises
        ------
        InvalidInput
            It is no whole number, or below `least`.
        """
        text = self._values.get(name)
        if text is None:
            return default
        if not _DIGITS.match(text):
            raise bad(name, f"has to be a whole number, not {text[:40]!r}.")
        value = min(int(text), 2**62)
        if value < least:
            raise bad(name, f"has to be at least {least}, not {text[:40]}.")
        return value if most is None else min(value, most)
