"""``hazardmap extract``: what reports say, as candidates; nothing is stored."""

import os
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import asdict
from datetime import date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from geodata.errors import GeodataError, InvalidInput
from geodata.reports import Reading, read_report
from geodata.reports.copies import Copies, fingerprint_of
from geodata.reports.documents import Document, day_of, documents, json_lines
from geodata.reports.endpoint import EndpointReader, disagreements
from service.settings import Settings

_CHUNK = 32
# So many chunks a process may wait for their turn: enough to keep all busy, and bounded.
_WAITING = 4
_FEW = 3 * _CHUNK

Result = dict[str, Any]
Reader = Literal["rules", "model", "both"]


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Texts, pages, .docx, .pdf, feeds, .jsonl or folders of such."),
    ] = None,
    published: Annotated[
        str | None, typer.Option(help="Day of publication, for files that do not state it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,  # noqa: FBT002
    jsonl: Annotated[
        Path | None, typer.Option(help='Lines of {"id", "text", "published"}.')
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write one line of JSON a report.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one a core, for large batches.")
    ] = 0,
    reader: Annotated[
        Reader,
        typer.Option(help="rules; model (see HAZARDMAP_MODEL_URL); both, and where they differ."),
    ] = "rules",
) -> None:
    """Read reports and show the incidents, figures and operations that they tell of.

    Nothing is stored. Of several reports, one that repeats another nearly word for word is
    marked as its copy.
    """
    if bool(paths) == bool(jsonl):
        raise typer.BadParameter("name files to read, or --jsonl FILE")
    if jsonl is not None and output is None and not as_json:
        raise typer.BadParameter("--jsonl needs -o OUT.jsonl")
    day = day_of(published) if published else None
    single = paths is not None and len(paths) == 1 and paths[0].is_file() and output is None
    if jsonl is not None and not jsonl.is_file():
        raise InvalidInput(f"There is no file {jsonl}.", code="no-report")
    given = json_lines(jsonl) if jsonl is not None else _of(paths or [])
    with ExitStack() as stack:
        if output is not None:
            target: Any = stack.enter_context(output.open("wb"))
        else:
            target = None
        batch = _Batch(day, target, keep=target is None, single=single, reader=reader)
        batch.run(given, workers or os.cpu_count() or 1)
    batch.show(as_json=as_json)
    if batch.counts["problems"] == batch.counts["reports"]:
        raise typer.Exit(1)


def _of(paths: list[Path]) -> Iterator[Document]:
    for path in paths:
        yield from documents(path)


def _endpoint(reader: Reader) -> EndpointReader | None:
    """Give the model that the settings name, if it is asked for.

    Raises
    ------
    InvalidInput
        It is asked for and not set up.
    """
    if reader == "rules":
        return None
    settings = Settings()
    if not settings.model_url or not settings.model_name:
        raise InvalidInput(
            f"--reader {reader} needs HAZARDMAP_MODEL_URL and HAZARDMAP_MODEL_NAME, e.g. "
            "http://127.0.0.1:8080/v1 and the model's name there.",
            code="no-model",
        )
    return EndpointReader(
        settings.model_url, settings.model_name, settings.model_key, settings.model_timeout_s
    )


def _by_model(
    document: Document, published: date, model: EndpointReader, reader: Reader
) -> dict[str, Any]:
    theirs = model.read(document.text, published)
    if reader == "model":
        return theirs.as_dict()
    ours = read_report(document.text, published)
    differences = [asdict(one) for one in disagreements(ours, theirs)]
    return {**ours.as_dict(), "model": theirs.as_dict(), "disagreements": differences}


def _read(
    document: Document,
    day: date | None,
    model: EndpointReader | None = None,
    reader: Reader = "rules",
) -> tuple[Result, frozenset[int]]:
    """Read one report; what goes wrong with it stays with it."""
    published = document.published or day
    problem = document.problem
    if problem is None and published is None:
        problem = "the day of publication is not known; name it with --published 2021-02-04"
    if problem is None and published is not None:
        try:
            if model is None:
                read = read_report(document.text, published).as_dict()
            else:
                read = _by_model(document, published, model, reader)
        except GeodataError as error:
            problem = error.message
        else:
            return {"id": document.name, **read}, fingerprint_of(document.text)
    return {"id": document.name, "error": problem}, frozenset()


def _read_all(chunk: list[Document], day: date | None) -> list[tuple[Result, frozenset[int]]]:
    return [_read(document, day) for document in chunk]


class _Batch:
    """Reads many reports in their order, in bounded memory, and counts what they say."""

    def __init__(
        self,
        day: date | None,
        target: IO[bytes] | None,
        *,
        keep: bool,
        single: bool,
        reader: Reader,
    ) -> None:
        self.day = day
        self.reader = reader
        self.model = _endpoint(reader)
        self.target = target
        self.keep = keep
        self.single = single
        self.results: list[Result] = []
        self.counts: Counter[str] = Counter(
            reports=0,
            incidents=0,
            statistics=0,
            operations=0,
            nothing_found=0,
            copies=0,
            problems=0,
        )
        self._copies = Copies()

    def run(self, given: Iterable[Document], workers: int) -> None:
        """Read all, with as many processes as there is work for."""
        console = Console(stderr=True)
        bar = (
            Progress(
                TextColumn("{task.completed:,.0f} reports"), TimeElapsedColumn(),
                console=console, transient=True,
            )
            if console.is_terminal
            else nullcontext()
        )  # fmt: skip
        with bar as shown:
            task = shown.add_task("reports", total=None) if shown is not None else None
            for result, fingerprint in self._read(iter(given), workers):
                self._take(result, fingerprint)
                if shown is not None and task is not None:
                    shown.advance(task)

    def _read(
        self, given: Iterator[Document], workers: int
    ) -> Iterator[tuple[Result, frozenset[int]]]:
        if self.model is not None:
            for document in given:
                yield _read(document, self.day, self.model, self.reader)
            return
        first = list(islice(given, _FEW))
        if workers == 1 or len(first) < _FEW:
            for document in (*first, *given):
                yield _read(document, self.day)
            return
        chunks = _chunks(first, given)
        waiting: deque[Future[list[tuple[Result, frozenset[int]]]]] = deque()
        # Started afresh, so that no thread or lock of this process is copied into them.
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            for chunk in chunks:
                waiting.append(pool.submit(_read_all, chunk, self.day))
                if len(waiting) >= workers * _WAITING:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def _take(self, result: Result, fingerprint: frozenset[int]) -> None:
        self.counts["reports"] += 1
        if "error" in result:
            self.counts["problems"] += 1
        else:
            for kind in ("incidents", "statistics", "operations"):
                self.counts[kind] += len(result[kind])
            self.counts["nothing_found"] += not (
                result["incidents"] or result["statistics"] or result["operations"]
            )
            if not self.single:
                result["copy_of"] = self._copies.add(result["id"], fingerprint)
                self.counts["copies"] += result["copy_of"] is not None
        if self.target is not None:
            self.target.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
        if self.keep:
            self.results.append(result)

    def show(self, *, as_json: bool) -> None:
        """Write the result, or a summary of what went to the file."""
        if self.single and len(self.results) == 1 and "error" in self.results[0]:
            raise InvalidInput(f"{self.results[0]['id']}: {self.results[0]['error']}")
        if self.model is not None:
            usage = asdict(self.model.usage).items()
            cost = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in usage)
            typer.echo(f"model: {cost}", err=True)
        if as_json:
            _print_json(self._document())
            return
        for result in self.results:
            typer.echo("\n".join(_lines(result)))
        if not self.single:
            counts = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in self.counts.items())
            typer.echo(counts, err=self.target is None)

    def _document(self) -> Any:
        if self.single and len(self.results) == 1:
            return {name: value for name, value in self.results[0].items() if name in _SHOWN}
        if not self.keep:
            return dict(self.counts)
        return {"reports": self.results, "summary": dict(self.counts)}


_SHOWN = (*Reading(None, date(2000, 1, 1)).as_dict(), "model", "disagreements")


def _chunks(first: list[Document], rest: Iterator[Document]) -> Iterator[list[Document]]:
    for at in range(0, len(first), _CHUNK):
        yield first[at : at + _CHUNK]
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _print_json(document: Any) -> None:
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def _lines(result: Result) -> list[str]:
    """Write one report's candidates for people, the values first."""
    if "error" in result:
        return [f"{result['id']}: {result['error']}"]
    head = f"{result['id']} ({result['language'] or 'unknown language'}, {result['published']})"
    if result.get("copy_of"):
        head += f", a copy of {result['copy_of']}"
    lines = [head]
    for one in result["incidents"]:
        where = " or ".join(
            ", ".join(filter(None, (p["place_name"], p["district_name"] or p["country"])))
            for p in one["places"]
        )
        days = one["date_start"]
        if one["date_end"] != one["date_start"]:
            days += f"/{one['date_end']}"
        people = "; ".join(
            f"{'?' if r['best'] is None else r['best']} {r['group']} {r['outcome']}"
            for r in one["casualties"]
        )
        lines.append(
            f"  incident  {days} (precision {one['date_precision']}, {one['date_basis']})  "
            f"{where or 'place unknown'}  {people or 'nobody named as hurt'}  {one['device']}"
        )
    lines += [
        f"  figure    {s['qualifier']} {s['value']} {s['group'] or 'people'} "
        f"{s['outcome'] or 'harmed'}  {s['period_start'] or '…'}/{s['period_end'] or '…'}"
        for s in result["statistics"]
    ]
    lines += [
        f"  work      {o['kind']} {o['status']}  {', '.join(o['districts'])}"
        + (f"  {o['area_m2']:,.0f} m2" if o["area_m2"] else "")
        + "".join(f"  {n} {device}" for device, n in o["devices_found"].items())
        for o in result["operations"]
    ]
    if len(lines) == 1:
        lines.append("  nothing found")
    lines += [
        f"  differs   {d['where']}: {d['field']} rules {d['ours']}, model {d['theirs']}"
        for d in result.get("disagreements", ())
    ]
    return lines + [f"  note: {warning}" for warning in result["warnings"]]
