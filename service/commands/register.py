"""The register itself: what changed, copies, proof that it is whole, words taken back, editions.

``hazardmap history``, ``diff``, ``backup``, ``restore``, ``copy``, ``verify``, ``redact`` and
``boundaries``.
"""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.options import DataOption, settings_of


def history(
    incident_id: Annotated[str, typer.Argument(help="Id of the incident.")],
    data: DataOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show every change of an incident, field by field: who, when, why."""
    from geodata.register import steps
    from service.content.changes import step_document

    register = settings_of(data).opened_register()
    try:
        told = steps(register.history(incident_id))
    finally:
        register.close()
    if as_json:
        import orjson

        found = {"id": incident_id, "revisions": [step_document(step) for step in told]}
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for step in told:
        reason = f": {step.reason}" if step.reason else ""
        when = step.recorded_at.strftime("%Y-%m-%d %H:%M:%S UTC")
        typer.echo(f"version {step.version}  {when}  {step.change} by {step.author}{reason}")
        for field in step.differences:
            typer.echo(f"    {field.field}: {_text(field.before)} → {_text(field.after)}")


def _text(value: Any) -> str:
    import orjson

    return "not stated" if value is None else orjson.dumps(value).decode()


def diff(
    start: Annotated[str, typer.Argument(metavar="FROM", help="Date or time, e.g. 2024-01-01.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="Date or time; now.")] = "",
    data: DataOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show what changed between two dates, and what it did to the districts' ranks."""
    import orjson

    from geodata.intervals import parse_interval
    from geodata.risk import RiskParameters
    from service.content.changes import difference_document

    moments = (
        parse_interval(start, field="from").start,
        parse_interval(end, field="to").end if end else None,
    )
    register = settings_of(data).opened_register()
    try:
        earlier, later = (register.snapshot(moment) for moment in moments)
        found = difference_document(earlier, later, RiskParameters())
    finally:
        register.close()
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    _tell(found)


def _tell(found: dict[str, Any]) -> None:
    typer.echo(f"revision {found['from']['revision']} → {found['to']['revision']}")
    for what in ("added", "changed", "retracted"):
        for record in found[what]:
            names = ", ".join(field["field"] for field in record["fields"])
            detail = f": {names}" if what == "changed" else ""
            typer.echo(f"{what:9}  {record['id']} (version {record['version']}){detail}")
    for row in found["ranks"]:
        before, after = (_rank(row[f"rank_{when}"]) for when in ("before", "after"))
        typer.echo(f"rank       {row['district_id']} {row['name']}: {before} → {after}")


def _rank(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
    data: DataOption = None,
) -> None:
    """Copy the register to a verified backup file, while it is in use."""
    from geodata.register import backup
    from service.security.tables import access_keys

    register = settings_of(data).opened_register()
    try:
        found = backup(register.store, file, also=[access_keys()])
    finally:
        register.close()
    typer.echo(
        f"{file}: {found.revisions} revisions of {found.records} records, verified; "
        f"digest {found.digest}"
    )


def restore(
    file: Annotated[Path, typer.Argument(help="What hazardmap backup wrote.")],
    data: DataOption = None,
) -> None:
    """Fill a new register (an empty data directory or database) from a backup.

    What was redacted since, by the list in the data directory, is redacted again.
    """
    from geodata.register import restore, store_for
    from geodata.register.redaction import FILE_NAME, redact_again
    from geodata.register.watch import forget_mark
    from service.security.tables import access_keys

    settings = settings_of(data)
    store = store_for(settings.data, settings.database_url or None)
    try:
        found = restore(file, store, also=[access_keys()])
    finally:
        store.close()
    forget_mark(settings.data)
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records restored, "
        f"verified; digest {found.digest}"
    )
    register = settings.opened_register()
    try:
        if again := redact_again(register, settings.data / FILE_NAME):
            typer.echo(f"{again} revisions redacted again, by {FILE_NAME} in the data directory")
    finally:
        register.close()


def copy(
    target: Annotated[
        str, typer.Argument(help="An empty data directory, or postgresql+psycopg://user@host/name.")
    ],
    data: DataOption = None,
) -> None:
    """Copy the register to another store, losslessly: same numbers, times and authors."""
    from geodata.register import copy_store, store_for
    from service.security.tables import access_keys

    register = settings_of(data).opened_register()
    try:
        store = store_for(target) if "://" not in target else store_for(url=target)
        try:
            found = copy_store(register.store, store, also=[access_keys()])
        finally:
            store.close()
    finally:
        register.close()
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records copied, "
        f"verified; digest {found.digest}"
    )


def verify(
    data: DataOption = None,
    anchor: Annotated[
        Path | None,
        typer.Option(help="Add the head's number and digest to this file, to keep elsewhere."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Check that the log holds what was anchored in this file.")
    ] = None,
    *,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Take the log as it is, though another one was verified before."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Read the whole register and prove that nothing is missing or altered.

    Whoever can write the database could write a whole chain anew: only a digest that is kept
    where he cannot write, on paper or with somebody else, shows that.
    """
    from datetime import UTC, datetime

    import orjson

    from geodata.errors import NotFound
    from geodata.register import store_for, verify
    from geodata.register.opening import FILE_NAME, prepare
    from geodata.register.verification import Mark, hold_against
    from geodata.register.watch import forget_damage, keep_mark, kept_mark

    settings = settings_of(data)
    # Opening would make one.
    if not settings.database_url and not (settings.data / FILE_NAME).is_file():
        raise NotFound(f"There is no register in {settings.data}.", code="no-register")
    store = store_for(settings.data, settings.database_url or None)
    try:
        prepare(store, empty=True)
        found = verify(store)
        marks = [] if against is None else [Mark.read(n) for n in against.read_bytes().splitlines()]
        known = None if accept else kept_mark(settings.data)
        with store.read() as connection:
            for mark in [*marks, *([known] if known else [])]:
                hold_against(connection, mark, store.where)
    finally:
        store.close()
    head = Mark(found.revisions, found.digest, datetime.now(UTC))
    keep_mark(settings.data, head)
    forget_damage(settings.data)
    if anchor is not None:
        with anchor.open("ab") as file:
            file.write(head.line())
    if as_json:
        said = {
            "whole": True,
            "revisions": found.revisions,
            "records": found.records,
            "digest": found.digest,
            "anchors": len(marks),
        }
        typer.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
        return
    held = f"; holds all {len(marks)} anchors" if marks else ""
    typer.echo(
        f"{store.where}: {found.revisions} revisions of {found.records} records, whole{held}; "
        f"digest {found.digest}"
    )


def redact(
    record_id: Annotated[
        str | None, typer.Argument(help="Id of the record.", show_default=False)
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="Field to take back, e.g. note or casualties.affiliation; again for each "
            "[all words, names, points and reasons; counts stay].",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        str, typer.Option(help="incident, statistic, operation, place or report.")
    ] = "incident",
    reason: Annotated[str, typer.Option(help="Why, without the words themselves.")] = "",
    author: Annotated[str | None, typer.Option(help="Who redacts [the login name].")] = None,
    again: Annotated[
        Path | None,
        typer.Option("--again", help="Do all redactions of this list again, e.g. after a restore."),
    ] = None,
    data: DataOption = None,
    *,
    listed: Annotated[
        bool, typer.Option("--list", help="List what was taken back, for --again.")
    ] = False,
) -> None:
    """Take words of a record back from every version, and leave a tombstone.

    The chain of digests stays provable. Backups made before hold the words still: delete them,
    or restore them with the list of redactions in the data directory, which is done again.
    """
    from dataclasses import asdict

    import orjson

    from geodata.errors import InvalidInput
    from geodata.register import Redaction
    from geodata.register.redaction import redact_again
    from service.redacting import redact

    register = settings_of(data).opened_register()
    try:
        if listed:
            for one in register.redactions():
                typer.echo(orjson.dumps(asdict(one)).decode())
            return
        if again is not None:
            typer.echo(f"{redact_again(register, again)} revisions redacted again")
            return
        if record_id is None or not reason.strip():
            raise InvalidInput(
                "Name the record and the reason: hazardmap redact ID --reason TEXT.",
                code="bad-redaction",
            )
        who = (author or getpass.getuser(), reason.strip())
        done = redact(
            register,
            settings_of(data).data,
            Redaction(kind, record_id, tuple(field or ()), *who),
        )
    finally:
        register.close()
    typer.echo(
        f"{record_id}: {len(done)} revisions redacted; backups made before hold the words still"
        if done
        else f"{record_id}: nothing is left to take back"
    )


boundaries = typer.Typer(
    help="List, choose and withdraw editions of districts.", no_args_is_help=True
)
EditionArgument = Annotated[str, typer.Argument(help="Id of the edition, as `list` shows it.")]
ReasonOption = Annotated[str | None, typer.Option(help="Why, for the history.")]
AuthorOption = Annotated[str | None, typer.Option(help="Who decides [the login name].")]


@boundaries.command("list")
def list_editions(data: DataOption = None) -> None:
    """List the editions that are held; the current one is marked."""
    from rich.console import Console
    from rich.table import Table

    register = settings_of(data).opened_register()
    try:
        current, editions = register.snapshot().edition, register.editions()
    finally:
        register.close()
    table = Table("edition", "districts", "from", "to", "source", "current")
    for one in editions:
        table.add_row(
            one.edition,
            str(one.districts),
            str(one.valid_from or ""),
            str(one.valid_to or ""),
            (one.source or "")[:60],
            "yes" if one.edition == current else "",
        )
    Console().print(table)


@boundaries.command()
def withdraw(
    edition: EditionArgument,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    data: DataOption = None,
) -> None:
    """Withdraw an edition that was a mistake; the one before it is current again."""
    current = _decided("withdraw_boundaries", edition, reason, author, data)
    typer.echo(f"The edition {edition} is withdrawn; {current} is current.", err=True)


@boundaries.command()
def choose(
    edition: EditionArgument,
    reason: ReasonOption = None,
    author: AuthorOption = None,
    data: DataOption = None,
) -> None:
    """Make an edition current, also one that was withdrawn."""
    current = _decided("choose_boundaries", edition, reason, author, data)
    typer.echo(f"The edition {current} is current from now on.", err=True)


def _decided(
    what: str, edition: str, reason: str | None, author: str | None, data: Path | None
) -> str:
    """Write a decision about an edition; gives the one that is current then."""
    register = settings_of(data).opened_register()
    try:
        getattr(register, what)(edition, author=author or getpass.getuser(), reason=reason)
        return str(register.snapshot().edition)
    finally:
        register.close()
