"""``hazardmap import``: files into the register."""

import getpass
from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from geodata.errors import GeodataError, StoreError
from geodata.intake import FileReport, Limits, import_file, profile_path
from geodata.intake.places.placing import ABOVE
from geodata.intake.plan import choices_of, options
from geodata.wording import Sentence, say
from service.commands.options import DataOption, LangOption, settings_of
from service.i18n import SOURCE, translator_of

_SHOWN = 5
_COLUMNS = 40


class Output:
    """Shows the work and its result.

    Parameters
    ----------
    as_json
        One JSON document on standard output, nothing else.
    """

    def __init__(self, *, as_json: bool, lang: str = SOURCE) -> None:
        self._as_json = as_json
        self._lang = lang
        self._console = Console(stderr=True)
        self._reports: list[dict[str, Any]] = []
        self._bar: Progress | None = None
        self._task: Any = None
        self.refused = False

    def __enter__(self) -> Self:
        """Start the progress bar, on a terminal only."""
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.completed:,.0f} rows  {task.fields[rate]}"),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        """Stop the bar; write the document."""
        if self._bar is not None:
            self._bar.stop()
        if self._as_json and kind is None:
            document = {"files": self._reports, "refused": self.refused}
            typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())

    def progress(self, path: Path) -> Callable[[str, int, int], None] | None:
        """Give what the import tells how far it is; None where nobody looks."""
        if self._bar is None:
            return None
        bar = self._bar
        if self._task is not None:
            bar.remove_task(self._task)
        self._task = bar.add_task(path.name, total=None, rate="")

        def _told(stage: str, done: int, total: int) -> None:
            speed = bar.tasks[-1].speed
            rate = f"{speed:,.0f} rows/s" if speed else ""
            label = f"{path.name}: {stage}"
            bar.update(
                self._task, completed=done, total=total or None, description=label, rate=rate
            )

        return _told

    def take(self, work: Callable[[], FileReport], path: Path) -> None:
        """Run one file's import and show its result; a refused file ends in exit code 1.

        Raises
        ------
        StoreError
            The register failed: the files after this one are not tried.
        """
        try:
            report = work()
        except StoreError:
            raise
        except GeodataError as error:
            self.refused = True
            self._failed(path, error)
            return
        self.refused = self.refused or report.counts["refused"] > 0
        if self._as_json:
            self._reports.append(report.as_json())
        else:
            typer.echo("\n".join(summary(report, self._lang)))

    def _failed(self, path: Path, error: GeodataError) -> None:
        if self._as_json:
            failure = {"code": error.code, "message": error.message, "details": error.details}
            self._reports.append({"file": path.name, "error": failure})
            return
        translator = translator_of(self._lang)
        refused = say("{file}: refused. {why}", file=path.name, why=error.message)
        typer.echo(translator.said(refused), err=True)
        for detail in [d for d in error.details if "column" not in d][:20]:
            told = "  ".join(f"{k}: {translator.said(v)}" for k, v in detail.items())
            typer.echo(f"  {told}", err=True)


def summary(report: FileReport, lang: str = SOURCE) -> list[str]:
    """Write a report for people, the counts first, in one of the service's languages."""
    translator = translator_of(lang)
    lines: list[str] = [_read_as(report), _counted(report)]
    if report.unplaced_count:
        lines.append(say("unplaced {rows:,}", rows=report.unplaced_count))
    if report.uncertain:
        lines.append(say("within 2 km of a border {rows:,}", rows=report.uncertain))
    lines += [*_columns(report), *report.notes, *_matches(report)]
    for text, times in report.warnings.most_common(20):
        warning = say("warning: {text}", text=text)
        lines.append(say("{warning} ({rows:,} rows)", warning=warning, rows=times)
                     if times > 1 else warning)  # fmt: skip
    for (name, value), times in report.unknown_values.most_common(_SHOWN * 2):
        lines.append(
            say(
                "not understood: {column} = {value!r} as {field} ({rows:,} rows)",
                column=report.column_of(name),
                value=value,
                field=name,
                rows=times,
            )
        )
    for refused in report.refused[:_SHOWN]:
        why = tuple(say("{field}: {reason}", **e) for e in refused["errors"])
        lines.append(say("row {row} refused: {why}", row=refused["row"], why=why))
    for pair in report.duplicates[:_SHOWN]:
        lines.append(
            say(
                "row {row}: {id} may be {other}; merge them if they are one",
                row=pair["row"],
                id=pair["incident_id"],
                other=pair["candidate_id"],
            )
        )
    if report.rejects:
        lines.append(say("refused rows are in {path}", path=report.rejects))
    first, *rest = (translator.said(line) for line in lines)
    return [first, *(f"  {line}" for line in rest)]


def _read_as(report: FileReport) -> Sentence:
    read = say(
        "{file}: {rows:,} rows in {seconds:.1f} s",
        file=report.file, rows=report.rows, seconds=report.seconds,
    )  # fmt: skip
    if "format" not in report.plan:
        return read
    return say("{read}, read as {format}", read=read, format=report.plan["format"])


def _counted(report: FileReport) -> Sentence:
    counts, suspected = report.counts, report.counts["duplicate"]
    parts = [
        say("would be taken {rows:,}", rows=report.recorded)
        if report.dry_run
        else say("taken {rows:,}", rows=report.recorded)
    ]
    if suspected and report.duplicates_recorded:
        parts.append(say("of them {rows:,} suspected duplicates", rows=suspected))
    elif suspected:
        parts.append(say("suspected duplicates not recorded {rows:,}", rows=suspected))
    parts += [
        say("updated {rows:,}", rows=counts["updated"]),
        say("unchanged {rows:,}", rows=counts["unchanged"]),
        say("refused {rows:,}", rows=counts["refused"]),
    ]
    if counts["out_of_scope"]:
        parts.append(say("out of scope {rows:,}", rows=counts["out_of_scope"]))
    if counts["folded"]:
        parts.append(say("further victims {rows:,}", rows=counts["folded"]))
    whole = parts[0]
    for part in parts[1:]:
        whole = say("{one}, {other}", one=whole, other=part)
    return whole


def _columns(report: FileReport) -> list[str]:
    used = [f"{m['column']} = {m['field']}" for m in report.plan.get("mapping", ()) if m["column"]]
    unused = [*report.plan.get("columns_not_taken", ())]
    said: list[str] = []
    if used:
        said.append(say("columns used: {names}", names=_listed(used)))
    if unused:
        said.append(say("columns not used: {names}", names=_listed(unused)))
    return said


def _listed(names: list[str]) -> str:
    shown, more = ", ".join(names[:_COLUMNS]), len(names) - _COLUMNS
    return say("{names} and {more} more", names=shown, more=more) if more > 0 else shown


def _matches(report: FileReport) -> list[str]:
    """Show how names were read that people should look at: guesses, unknown ones, conflicts."""
    asked = ("similar_name", None, *ABOVE)
    doubtful = [m for m in report.matches if m["disputed"] or m["by"] in asked]
    lines: list[str] = []
    for match in doubtful[: _SHOWN * 2]:
        meant: str = match["district_name"] or say("not known")
        if match["by"] == "similar_name":
            meant = say("{meant}, by similar spelling", meant=meant)
        if match["by"] == "foreign_above":
            meant = say("a province of {country}", country=match["within"])
        elif match["by"] == "unknown_above":
            meant = say("a unit above the districts that is not known")
        rows = say("{rows:,} rows", rows=match["rows"])
        if match["disputed"]:
            far = f"{match['distance_km']:g}"
            rows = say("{rows}, points up to {far} km away", rows=rows, far=far)
        lines.append(
            say("name {text!r}: {meant} ({rows})", text=match["text"], meant=meant, rows=rows)
        )
    if len(doubtful) > _SHOWN * 2:
        more = len(doubtful) - _SHOWN * 2
        lines.append(say("and {more:,} more names (--matches FILE lists all)", more=more))
    return lines


def mapping_of(options: list[str]) -> dict[str, str]:
    """Read ``FIELD=COLUMN`` options and JSON files of them.

    Raises
    ------
    typer.BadParameter
        An option is neither.
    """
    mapping: dict[str, str] = {}
    for option in options:
        field, equals, column = option.partition("=")
        if equals and not option.endswith(".json"):
            mapping[field.strip()] = column.strip()
            continue
        try:
            held = orjson.loads(Path(option).read_bytes())
            mapping |= {str(k): str(v) for k, v in dict(held.get("fields", held)).items()}
        except (OSError, ValueError, AttributeError, TypeError):
            raise typer.BadParameter(
                f"--map {option!r}: write FIELD=COLUMN, or name a JSON file of such pairs"
            ) from None
    return mapping


def rejects_beside(path: Path) -> Path:
    """Name the file for refused rows: in the working directory, after the imported file."""
    return Path(f"{path.stem}-rejects.csv")


Kind = Literal["incidents", "boundaries", "places", "operations", "statistics"]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done.")]
AllOrNothing = Annotated[
    bool, typer.Option("--all-or-nothing", help="Take nothing if one row is refused.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document.")]


def command(
    files: Annotated[list[Path], typer.Argument(help="Files to take in.", show_default=False)],
    kind: Annotated[Kind, typer.Option("--as", help="What the files hold.")] = "incidents",
    dry_run: DryRun = False,  # noqa: FBT002
    all_or_nothing: AllOrNothing = False,  # noqa: FBT002
    rejects: Annotated[
        Path | None, typer.Option(help="CSV file for refused rows [FILE-rejects.csv].")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, or a JSON file; repeatable.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="Name under which this source's columns are kept.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Who imports [the login name].")] = None,
    lang: LangOption = SOURCE,
    data: DataOption = None,
    **stated: Any,
) -> None:
    """Take files into the register: each row is taken, unchanged, updated or refused.

    Importing a file again changes nothing. Refused rows go to a CSV file with the reason; correct
    it and import it again.
    """
    choices = choices_of(stated, mapping=mapping_of(mapping or []))
    if rejects is not None and len(files) > 1:
        raise typer.BadParameter("--rejects needs a single FILE; leave it out to write one each")
    settings = settings_of(data)
    limits = Limits(rows=settings.max_rows)
    kept = profile_path(Path(settings.data) / "profiles", profile) if profile else None
    register = settings.opened_register()
    with Output(as_json=as_json, lang=translator_of(lang).lang) as output:
        try:
            for path in files:
                how: dict[str, Any] = {
                    "kind": kind,
                    "author": author or getpass.getuser(),
                    "choices": choices,
                    "dry_run": dry_run,
                    "all_or_nothing": all_or_nothing,
                    "rejects": rejects or rejects_beside(path),
                    "limits": limits,
                    "progress": output.progress(path),
                    "profile": kept,
                    "sources": Path(settings.data) / "sources",
                }
                output.take(partial(import_file, register, path, **how), path)
        finally:
            register.close()
    if output.refused:
        raise typer.Exit(1)


def _with_options(function: Callable[..., None]) -> None:
    """Give the command a flag for each option of an import (`geodata.intake.plan.options`)."""
    given = signature(function)
    own = [one for one in given.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
    flags = [
        Parameter(
            one.name,
            Parameter.KEYWORD_ONLY,
            default=one.default,
            annotation=Annotated[
                one.kind, typer.Option(f"--{one.name.replace('_', '-')}", help=one.text)
            ],
        )
        for one in options()
    ]
    function.__signature__ = given.replace(parameters=[*own, *flags])  # type: ignore[attr-defined]
    # Typer reads the types from here.
    function.__annotations__ |= {one.name: one.annotation for one in flags}


_with_options(command)
