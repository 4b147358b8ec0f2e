"""``hazardmap import``: files into the register."""

import getpass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from service.commands.options import DataOption, register_of, settings_of

Kind = Literal["incidents", "boundaries", "places", "operations", "statistics"]
FormatName = Literal[
    "auto", "ucdp", "acled", "imsma", "insecurity", "hazardmap", "hxl", "csv", "geo"
]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")]
AllOrNothing = Annotated[
    bool, typer.Option("--all-or-nothing", help="Take nothing if one row is refused.")
]
_SAME_NAME = (
    "dataset", "encoding", "layer", "date_order", "zone", "swapped", "duplicates", "status",
    "sensitivity", "edition", "id_column", "name_column", "level",
    "attribution", "on_conflict", "matches",
)  # fmt: skip
"""Options called as the choices they state."""
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


def command(
    files: Annotated[list[Path], typer.Argument(help="Files to take in.", show_default=False)],
    kind: Annotated[Kind, typer.Option("--as", help="What the files hold.")] = "incidents",
    form: Annotated[FormatName, typer.Option("--format", help="Their format.")] = "auto",
    dry_run: DryRun = False,  # noqa: FBT002
    all_or_nothing: AllOrNothing = False,  # noqa: FBT002
    rejects: Annotated[
        Path | None, typer.Option(help="CSV file for refused rows [FILE-rejects.csv].")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, or a JSON file; repeatable.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Name before the source's ids.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text table.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer, or sheet of a workbook.")] = None,
    date_order: Annotated[
        Literal["dmy", "mdy"] | None, typer.Option(help="Order of all-number dates.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="UTM zone of metres, e.g. 38N.")] = None,
    swapped: Annotated[
        Literal["refuse", "keep", "exchange"],
        typer.Option(help="What to do with longitudes and latitudes that look swapped."),
    ] = "refuse",
    only: Annotated[
        Literal["auto", "all", "mines"],
        typer.Option(help="mines: leave out rows that name no explosive ordnance."),
    ] = "auto",
    duplicates: Annotated[
        Literal["take", "hold"], typer.Option(help="Record suspected duplicates, or hold them.")
    ] = "take",
    status: Annotated[
        Literal["draft", "verified", "disputed"], typer.Option(help="Status of new incidents.")
    ] = "draft",
    sensitivity: Annotated[
        Literal["public", "restricted"], typer.Option(help="Who may see new incidents in full.")
    ] = "public",
    on_conflict: Annotated[
        Literal["point", "name", "dispute"],
        typer.Option(help="What counts where a point and the district named contradict."),
    ] = "dispute",
    matches: Annotated[
        Path | None,
        typer.Option(help="CSV of how names were matched: decisions are read, all is written."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Name under which this source's columns are kept.")
    ] = None,
    edition: Annotated[str | None, typer.Option(help="Name of these boundaries.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Id column of boundaries.")] = None,
    name_column: Annotated[str | None, typer.Option(help="Name column of boundaries.")] = None,
    level: Annotated[int | None, typer.Option(help="Administrative level.")] = None,
    attribution: Annotated[
        str | None, typer.Option(help="Source and licence of boundaries, for every map.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Who imports [the login name].")] = None,
    data: DataOption = None,
) -> None:
    """Take files into the register: each row is taken, unchanged, updated or refused.

    Importing a file again changes nothing. Refused rows go to a CSV file with the reason; correct
    it and import it again.
    """
    given = locals().copy()
    from geodata.intake import Choices, Limits, import_file, profile_path
    from service.commands.import_output import Output, mapping_of, rejects_beside

    choices = Choices(
        format=form,
        scope=only,
        mapping=mapping_of(mapping or []),
        **{name: given[name] for name in _SAME_NAME},
    )
    if rejects is not None and len(files) > 1:
        raise typer.BadParameter("--rejects needs a single FILE; leave it out to write one each")
    settings = settings_of(data)
    limits = Limits(rows=settings.max_rows)
    kept = profile_path(Path(settings.data) / "profiles", profile) if profile else None
    register = register_of(data)
    with Output(as_json=as_json) as output:
        try:
            for path in files:
                options: dict[str, Any] = {
                    "kind": kind,
                    "author": author or getpass.getuser(),
                    "choices": choices,
                    "dry_run": dry_run,
                    "all_or_nothing": all_or_nothing,
                    "rejects": rejects or rejects_beside(path),
                    "limits": limits,
                    "progress": output.progress(path),
                    "profile": kept,
                }
                output.take(partial(import_file, register, path, **options), path)
        finally:
            register.close()
    if output.refused:
        raise typer.Exit(1)
