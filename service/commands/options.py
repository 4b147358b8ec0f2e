"""Options that several commands share."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from service.settings import Settings

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Data directory (HAZARDMAP_DATA).", show_default=False)
]

LangOption = Annotated[str, typer.Option("--lang", help="Language: en, az or ru.")]


def settings_of(data: Path | None = None, *, empty: bool = False) -> Settings:
    """Read the settings, with the flags given on top of the environment."""
    given: dict[str, object] = {}
    if data is not None:
        given["data"] = data
    if empty:
        given["empty"] = True
    return Settings(**given)  # type: ignore[arg-type]


def _flag(name: str, text: str) -> object:
    return typer.Option(f"--{name}", help=text, show_default=False)


RISK_FLAGS = {
    "period": Annotated[str, _flag("period", "Interval, e.g. 2021-01-01/2021-12-31; all.")],
    "weight": Annotated[str, _flag("weight", "incidents (default), casualties or killed.")],
    "exposure": Annotated[str, _flag("exposure", "area (default) or population.")],
    "smoothing": Annotated[str, _flag("smoothing", "none, eb (default) or spatial.")],
    "half-life": Annotated[str, _flag("half-life", "Half-life in days; none = no decay.")],
    "where": Annotated[str, _flag("where", "CQL2 text on incidents, e.g. device='at_mine'.")],
    "boundaries": Annotated[str, _flag("boundaries", "Edition of the boundaries.")],
    "as-of": Annotated[str, _flag("as-of", "What the register held then.")],
    "rank-by": Annotated[str, _flag("rank-by", "best (default: what foresees best here) or rate.")],
    "purpose": Annotated[str, _flag("purpose", "clearance (default) or education.")],
    "criteria": Annotated[str, _flag("criteria", "Weights, e.g. expected=0.5,casualties=0.5.")],
    "classes": Annotated[
        str, _flag("classes", "fixed (default), quantiles, area or incidents: what sets limits.")
    ],
    "bandwidth": Annotated[
        str, _flag("bandwidth", "cross-validated (default), adaptive, scott or a number of km.")
    ],
    "horizon-days": Annotated[str, _flag("horizon-days", "Days to look ahead (default 90).")],
    "cell-km": Annotated[
        str, _flag("cell-km", "Side of a cell in km (default 10); 0 = districts.")
    ],
}
"""The risk parameters as flags; an empty text is the default."""
RISK = (
    "period", "weight", "exposure", "smoothing", "half-life", "where", "boundaries", "as-of",
    "rank-by", "classes", "bandwidth",
)  # fmt: skip
SURFACE = tuple(name for name in RISK if name not in ("exposure", "smoothing", "rank-by"))
FORECAST = ("horizon-days", "cell-km")
PRIORITIES = ("purpose", "criteria")

FullOption = Annotated[
    bool,
    typer.Option(
        "--full/--public",
        help="Restricted records in full, marked as not for distribution; else what everybody "
        "may see.",
    ),
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", help="File; its suffix names the format.")
]


def gathered(
    name: str, flags: Mapping[str, tuple[Any, Any]], make: Callable[..., Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command several options, which it gets together as one parameter.

    Parameters
    ----------
    flags
        Name of an option to its declaration and its default.
    """

    def with_flags(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command).parameters.values()
        kind = inspect.Parameter.KEYWORD_ONLY
        taken = [one.replace(kind=kind) for one in own if one.name != name]
        taken += [
            inspect.Parameter(flag, kind, default=default, annotation=annotation)
            for flag, (annotation, default) in flags.items()
        ]

        @wraps(command)
        def called(**given: Any) -> None:
            command(**{name: make(**{flag: given.pop(flag) for flag in flags})}, **given)

        called.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]
        called.__annotations__ = {one.name: one.annotation for one in taken}
        return called

    return with_flags


def takes_risk(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command risk parameters of `RISK_FLAGS`: those given, by name, as `risk`."""
    public = {name.replace("-", "_"): name for name in names}
    return gathered(
        "risk",
        {flag: (RISK_FLAGS[name], "") for flag, name in public.items()},
        lambda **given: {public[flag]: text for flag, text in given.items() if text},
    )
