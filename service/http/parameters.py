"""What a resource takes: one model each, from which requests are read and the API is described."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, create_model

from geodata.errors import InvalidInput
from geodata.risk import RiskParameters
from geodata.risk.parameters import (
    BANDWIDTHS,
    CELL_KM,
    CLASSINGS,
    EXPOSURES,
    FILTER_LANGUAGES,
    HORIZON_DAYS,
    PURPOSES,
    RANKINGS,
    SMOOTHINGS,
    WEIGHTS,
)
from geodata.risk.parameters import NAMES as RISK_NAMES
from service.i18n import languages

Schema = dict[str, Any]
_DIGITS = re.compile(r"^[0-9]{1,400}$")

EVERYWHERE = ("f", "lang", "as-of", "boundaries")
"""Parameters that every resource takes."""
DEFAULT = "x-default"
NEVER_EMPTY = (*EVERYWHERE, *RISK_NAMES)
"""An empty text means something only where it is compared with one."""


def bad(name: str, reason: str, *, code: str | None = None) -> InvalidInput:
    """Make the error of a parameter.

    Parameters
    ----------
    code
        Slug; None = ``bad-`` and the name.
    """
    return InvalidInput(
        f"The parameter {name[:60]} {reason}",
        code=code or f"bad-{name}",
        details=[{"field": name[:60], "reason": reason}],
    )


class Query:
    """Parameters by name.

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

    def only(self, allowed: Collection[str], *, empty: bool = False) -> None:
        """Refuse parameters that are not among `allowed` or `EVERYWHERE`.

        Parameters
        ----------
        empty
            Whether an empty text means that the parameter is absent.

        Raises
        ------
        InvalidInput
            All unknown ones, and what there is.
        """
        known = {*allowed, *EVERYWHERE}
        for name in () if empty else NEVER_EMPTY:
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


def whole(text: str, name: str, *, least: int, most: int | None = None) -> int:
    """Read a whole number.

    Parameters
    ----------
    most
        The largest value; more means this.

    Raises
    ------
    InvalidInput
        It is no whole number, or below `least`.
    """
    if not _DIGITS.match(text):
        raise bad(name, f"has to be a whole number, not {text[:40]!r}.")
    value = min(int(text), 2**62)
    if value < least:
        raise bad(name, f"has to be at least {least}, not {text[:40]}.")
    return value if most is None else min(value, most)


_SWITCHES = {"1": True, "true": True, "0": False, "false": False}


def switch(text: str, name: str) -> bool:
    """Read what is on or off: ``true`` or ``1``, ``false`` or ``0``, in any letter case.

    Raises
    ------
    InvalidInput
        It is none of them.
    """
    found = _SWITCHES.get(text.lower())
    if found is None:
        raise bad(name, f"is {text[:40]!r}, but has to be true or false, e.g. {name}=true.")
    return found


def one_of(values: Iterable[str], **members: Any) -> Schema:
    """Describe a choice."""
    return {"type": "string", "enum": list(values), **members}


def takes(
    description: str, schema: Mapping[str, Any], *, name: str | None = None, default: Any = None
) -> Any:
    """Declare a parameter.

    Parameters
    ----------
    schema
        What the API's definition says of its values, in place of what their type says.
    name
        In a request, where the field's name cannot be it.
    default
        The value when it is absent.
    """

    def put(found: Schema) -> None:
        found.clear()
        # The default that people are told; what stands for an absent value may be another.
        found.update({DEFAULT if key == "default" else key: one for key, one in schema.items()})

    return Field(
        default,
        alias=name,
        description=description,
        json_schema_extra=put,
        examples=[schema["example"]] if "example" in schema else None,
    )


def read_by(reader: Any, kind: Any = Any) -> Any:
    """Give the type of a parameter that `reader` makes from its text; see `takes`."""
    return Annotated[kind, PlainValidator(reader, json_schema_input_type=str)]


class Parameters(BaseModel):
    """The parameters of a resource; these every resource takes, beside `f`."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    lang: str | None = takes("Language of pages.", one_of(languages()))
    as_of: str | None = takes(
        "Moment (RFC 3339) whose state of the register is wanted.",
        {"type": "string", "format": "date-time"},
        name="as-of",
    )
    boundaries: str | None = takes("Edition of the boundaries.", {"type": "string", "minLength": 1})

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """Give the names in a request."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())

    @classmethod
    def read(cls, texts: Mapping[str, str], **context: Any) -> Self:
        """Read the parameters of a request, whose names are known to be right.

        Parameters
        ----------
        **context
            What the readers of single parameters need beside them.

        Raises
        ------
        InvalidInput
            A value cannot be used.
        """
        try:
            return cls.model_validate(texts, context=context)
        except ValidationError as error:
            raise cls._refused(error) from None

    @classmethod
    def _refused(cls, error: ValidationError) -> InvalidInput:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        if first["type"] == "missing":
            field = next(f for n, f in cls.model_fields.items() if name in (n, f.alias))
            return bad(name, f"is missing; write for example {name}={(field.examples or [''])[0]}.")
        wanted = str(first["msg"]).removeprefix("Input should be ")
        return bad(name, f"is {str(first['input'])[:40]!r}, but has to be {wanted}.")


class WhereParameters(Parameters):
    """Which incidents are counted; like all that follow, one value of the library."""

    where: str | None = takes("CQL2 on incidents.", {"type": "string"})
    where_lang: str | None = takes(
        "Language of where.", one_of(FILTER_LANGUAGES), name="where-lang"
    )

    def model_post_init(self, _context: Any) -> None:
        """Refuse at once what cannot be computed."""
        _ = self.risk

    @cached_property
    def risk(self) -> RiskParameters:
        """The parameters as the library has them."""
        fields = type(self).model_fields.items()
        given = {field.alias or name: getattr(self, name) for name, field in fields}
        return RiskParameters.parse({name: given.get(name) or "" for name in RISK_NAMES})


class ForecastParameters(WhereParameters):
    """How far a forecast looks, and for which cells."""

    horizon_days: str | None = takes(
        "Days that a forecast looks ahead.",
        {"type": "number", "minimum": 1, "maximum": 3650, "default": int(HORIZON_DAYS)},
        name="horizon-days",
    )
    cell_km: str | None = takes(
        "Side of a forecast's cells in km; 0 = by district.",
        {"type": "number", "minimum": 0, "maximum": 1000, "default": int(CELL_KM)},
        name="cell-km",
    )


class RiskQuery(ForecastParameters):
    """What a number of the risk is computed for."""

    period: str | None = takes("Time counted: an interval; all when absent.", {"type": "string"})
    weight: str | None = takes("What is counted.", one_of(WEIGHTS, default=WEIGHTS[0]))
    exposure: str | None = takes("What it is divided by.", one_of(EXPOSURES, default=EXPOSURES[0]))
    smoothing: str | None = takes("How it is smoothed.", one_of(SMOOTHINGS, default="eb"))
    half_life: str | None = takes(
        "Days after which an incident counts half.",
        {"type": "number", "minimum": 1, "maximum": 1_000_000},
        name="half-life",
    )
    rank_by: str | None = takes(
        "What districts are ranked by: what foresees best on this register, or the rate.",
        one_of(RANKINGS, default=RANKINGS[0]),
        name="rank-by",
    )
    purpose: str | None = takes(
        "What a priority list is for.", one_of(PURPOSES, default=PURPOSES[0])
    )
    criteria: str | None = takes(
        "Weights of a priority list's criteria; those of the purpose when absent.",
        {"type": "string", "example": "expected=0.5,casualties=0.5"},
    )
    classes: str | None = takes(
        "What sets the limits of the classes: fixed ones, as many districts in each, as much "
        "area, or as many expected incidents.",
        one_of(CLASSINGS, default=CLASSINGS[0]),
    )
    bandwidth: str | None = takes(
        "Width of the surface's kernel: cross-validated, adaptive, scott, or a number of km.",
        {"type": "string", "default": BANDWIDTHS[0]},
    )


FULL = takes(
    "What is handed out shows what everybody may see; true = restricted records in full, "
    "marked as not for distribution (needs a key with the role analyst).",
    {"type": "boolean", "default": False},
)
"""The choice of the full view for what is handed out (`service.handouts`)."""


class HandoutQuery(RiskQuery):
    """What a map or raster that is handed out shows."""

    full: str | None = FULL


@cache
def plain(*names: str) -> type[Parameters]:
    """Make the model of a page that takes some texts."""
    fields: dict[str, Any] = {
        f"{name.replace('-', '_')}_": (str | None, Field(None, alias=name)) for name in names
    }
    return create_model("_".join(("Page", *names)), __base__=Parameters, **fields)
