"""Rows to incidents: their documents are written by columns, and what each does to the register.

A document is joined from one fragment of JSON a column. Columns of few distinct values are checked
value by value by the model's own types; long texts by their length and letters; numbers as arrays.
A row with anything that these look askance at, and only such a row, goes through the model itself,
which takes it or refuses it in its own words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import orjson
from pydantic import TypeAdapter, ValidationError

from geodata.incidents import districts_text, document, parse_districts
from geodata.intake.cells.dates import day_texts
from geodata.intake.draft import Draft, Flags, Placement, Texts, Values
from geodata.intake.identity import content_id, earlier_content_id, incident_id, source_ids
from geodata.intake.places.placing import UNIT_NAMES
from geodata.intake.plan import Plan
from geodata.model import Incident
from geodata.plausible import DateRange
from geodata.register import Register, log
from geodata.register.duplicates import VAGUE_DATE, Traits, traits_of
from geodata.register.log import Newest
from geodata.register.revision import GONE
from geodata.wording import reason_of_problem, say

_DIGITS = 7
"""Decimals of a degree kept: a centimetre, and what every export writes."""
_LONG_TEXTS = {"date_text": 10_000, "local_time": 40, "place_as_reported": 10_000,
               "district_note": 10_000, "description": 10_000, "note": 10_000,
               "external_id": 300}  # fmt: skip
"""Members that differ from row to row → the model's longest."""
_LONGEST_ID = 120
T = TypeVar("T")
Key = tuple[tuple[tuple[str, Any], ...], ...]
Fragments = list[str] | str
"""A column's part of each document; one text where all have the same; an empty list for nothing."""
_WRITTEN = ("longitude", "latitude", "uncertainty_m", "districts", "casualties", "reports",
            "incident_id", "version")  # fmt: skip
"""Members that are written by their own functions."""


@dataclass(slots=True)
class Records:
    """The incidents of a chunk, each as the text of its document."""

    places: list[int]
    """Position of each in the chunk."""
    heads: list[str]
    tails: list[str]
    """The document's JSON before and behind the number of its version."""
    traits: Traits
    """What its neighbours are known by, its id among them."""
    reported: Texts
    """The place as reported."""
    notes: Texts
    """Why the placing is uncertain."""
    reasons: Texts
    """Why it is unplaced."""
    conflict: list[bool]
    """Whether its point and names contradict each other."""

    def __len__(self) -> int:
        """Count the records."""
        return len(self.places)

    @property
    def ids(self) -> list[str]:
        """Each incident's id."""
        found: list[str] = self.traits.ids.tolist()
        return found

    def text(self, at: int, version: int = 1) -> str:
        """Give the document of one as JSON."""
        return f"{self.heads[at]}{version}{self.tails[at]}"

    def document(self, at: int, version: int = 1) -> "Document":
        """Give the document of one."""
        found: Document = orjson.loads(self.text(at, version))
        return found

    def renamed(self, at: int, name: str) -> None:
        """Give one another id."""
        self.traits.ids[at] = name
        self.heads[at] = _head(name)

    def kept(self, keep: Flags) -> "Records":
        """Give some of them."""
        if keep.all():
            return self
        at = keep.nonzero()[0].tolist()
        return Records(
            [self.places[i] for i in at],
            [self.heads[i] for i in at],
            [self.tails[i] for i in at],
            self.traits.take(keep),
            [self.reported[i] for i in at],
            [self.notes[i] for i in at],
            [self.reasons[i] for i in at],
            [self.conflict[i] for i in at],
        )


def records_of_models(made: Mapping[int, Incident]) -> Records:
    """Give incidents that were read as models."""
    models = list(made.values())
    texts = [orjson.dumps(document(one) | {"version": 1}).decode() for one in models]
    heads = [_head(one.incident_id) for one in models]
    districts = [districts_text(one.districts) for one in models]
    return Records(
        list(made),
        heads,
        [text[len(head) + 1 :] for text, head in zip(texts, heads, strict=True)],
        traits_of(models, districts),
        [one.place_as_reported for one in models],
        [one.district_note for one in models],
        [None] * len(models),
        [False] * len(models),
    )


def _head(name: str) -> str:
    return f'{{"incident_id":{_json(name)},"version":'


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


class Making:
    """The rows of one chunk that become records, column by column.

    Parameters
    ----------
    key
        The register's, for the ids of rows that have none.
    """

    def __init__(
        self, draft: Draft, values: Values, placement: Placement, plan: Plan, key: bytes
    ) -> None:
        self.draft, self.values, self.placement = draft, values, placement
        self.plan, self.key = plan, key
        self.lon, self.lat = (np.round(v, _DIGITS) for v in (values.points.lon, values.points.lat))
        self._sources = source_ids(draft)
        self.columns = _columns(values, placement, plan)
        if draft.has("id"):
            self.columns["external_id"] = self._sources
        left_out = draft.out_of_scope | draft.folded
        left_out[list(draft.refused)] = True
        self.rows = np.flatnonzero(~left_out)

    def records(self, dates: DateRange) -> Records:
        """Make the records.

        Of the rows that are neither refused nor left out. Rows that make no valid record are
        refused with the field; `draft.earlier_ids` has the ids that earlier versions gave to rows
        without one.
        """
        rows = self.rows.tolist()
        doubtful = np.zeros(len(rows), dtype=bool)
        ids = self._ids(rows, doubtful)
        fragments: dict[str, Fragments] = {}
        for name, column in self.columns.items():
            write = _long_texts if name in _LONG_TEXTS else _few_values
            fragments[name] = write(name, self._of_rows(column), doubtful)
        fragments["longitude"] = self._points(doubtful)
        fragments["uncertainty_m"] = self._uncertainty(doubtful)
        districts = self._of_rows(self.placement.districts)
        people = _each(self._of_rows(self.values.casualties), _people)
        reports = self._of_rows(self.values.reports)
        fragments["districts"] = _checked_fragments(
            [_districts(text) for text in districts], doubtful
        )
        fragments["casualties"] = _checked_fragments([one.fragment for one in people], doubtful)
        fragments["reports"] = _checked_fragments(_each(reports, _reports), doubtful)
        start, end = self.values.date_start[self.rows], self.values.date_end[self.rows]
        doubtful |= np.isnat(start) | np.isnat(end) | (end < start)
        order = [fragments.get(name, _default(name)) for name in Incident.model_fields]
        parts = [part for part in order if part]
        tails = _joined(parts, len(rows))
        placement = self.placement
        made = Records(
            rows,
            [_head(name) for name in ids],
            tails,
            Traits(
                np.array(ids, dtype=object),
                self.lon[self.rows],
                self.lat[self.rows],
                start.astype("int64"),
                *self._exact(),
                np.array([_normal(text) if text else None for text in districts], dtype=object),
                np.array([one.killed for one in people], dtype="float64"),
                np.array([one.injured for one in people], dtype="float64"),
            ),
            self._of_rows(self.columns["place_as_reported"]),
            self._of_rows(placement.note),
            self._of_rows(placement.reason),
            placement.conflict[self.rows].tolist(),
        )
        keep = np.ones(len(rows), dtype=bool)
        for at in doubtful.nonzero()[0].tolist():
            keep[at] = self._by_model(made, at)
        for at in self._implausible(dates, start, end):
            if keep[at]:
                keep[at] = not self._refused_days(made, at, dates)
        return made.kept(keep)

    def _of_rows(self, column: Sequence[T]) -> list[T]:
        if len(self.rows) == len(column):
            return list(column)
        return [column[i] for i in self.rows.tolist()]

    def row(self, place: int) -> dict[str, Any]:
        """Give one row's members as the model takes them, without an id."""
        row = {n: c[place] for n, c in self.columns.items() if c[place] is not None}
        if self.lon[place] == self.lon[place]:
            row |= {"longitude": float(self.lon[place]), "latitude": float(self.lat[place])}
        error = float(self.values.uncertainty_m[place])
        if error == error:
            row["uncertainty_m"] = error
        row |= {"casualties": self.values.casualties[place], "reports": self.values.reports[place]}
        text = self.placement.districts[place]
        row["districts"] = [d.model_dump() for d in parse_districts(text)] if text else ()
        return row

    def identified(self, place: int) -> dict[str, Any]:
        """Give one row's members with its id."""
        row, source = self.row(place), self._sources[place]
        if source:
            return row | {"incident_id": incident_id(self.plan.dataset, source)}
        names = self.values.names
        said = row | {"district_text": names["district"][place] or names["admin1"][place]}
        self.draft.earlier_ids[place] = earlier_content_id(said)
        return row | {"incident_id": content_id(said, self.key)}

    def _ids(self, rows: list[int], doubtful: Flags) -> list[str]:
        sound = _is_slug(f"{self.plan.dataset}-x")
        ids: list[str] = []
        for at, place in enumerate(rows):
            source = self._sources[place]
            if source is None or source == "":
                ids.append(self.identified(place)["incident_id"])
                continue
            name = incident_id(self.plan.dataset, source)
            if not sound or len(name) > _LONGEST_ID or not source.isascii():
                doubtful[at] = not _is_slug(name)
            ids.append(name)
        return ids

    def _exact(self) -> tuple[Flags, Flags]:
        date = np.array(self.values.date_precision)[self.rows]
        where = np.array(self.placement.where_precision)[self.rows]
        return (date == 1) & (where == 1), date >= VAGUE_DATE

    def _points(self, doubtful: Flags) -> list[str]:
        lon, lat = self.lon[self.rows], self.lat[self.rows]
        known = ~np.isnan(lon)
        doubtful |= (known != ~np.isnan(lat)) | (np.abs(lon) > 180) | (np.abs(lat) > 90)
        return [
            f',"longitude":{x},"latitude":{y}' if k else ""
            for x, y, k in zip(_numbers(lon), _numbers(lat), known.tolist(), strict=True)
        ]

    def _uncertainty(self, doubtful: Flags) -> list[str]:
        error = self.values.uncertainty_m[self.rows]
        if np.isnan(error).all():
            return []
        doubtful |= (error < 0) | (error > 5_000_000)
        return ["" if x == "null" else f',"uncertainty_m":{x}' for x in _numbers(error)]

    def _by_model(self, made: Records, at: int) -> bool:
        """Make one record by the model, or refuse its row; say whether it was made."""
        place = made.places[at]
        incident = checked(self.draft, place, self.identified(place))
        if incident is None:
            return False
        text = _json(document(incident) | {"version": 1})
        made.tails[at] = text[len(made.heads[at]) + 1 :]
        return True

    def _implausible(self, dates: DateRange, start: np.ndarray, end: np.ndarray) -> Iterable[int]:
        """Give the rows that may have a day that cannot be meant; none where all can."""
        known = ~(np.isnat(start) | np.isnat(end))
        if not known.any():
            return ()
        published = {
            day
            for days in _each(self._of_rows(self.values.reports), _published)
            for day in days
            if day is not None
        }
        # A range is kept by all days if the first and the last keep it.
        ends: Document = {
            "reports": [{"published": day} for day in (min(published), max(published))]
            if published
            else []
        }
        spans = [
            ends | {"date_start": str(pick(start[known])), "date_end": str(pick(end[known]))}
            for pick in (np.min, np.max)
        ]
        fits = not any(dates.problems(one) for one in spans)
        return () if fits else range(len(start))

    def _refused_days(self, made: Records, at: int, dates: DateRange) -> bool:
        one = {made.places[at]: made.document(at)}
        refuse_implausible(self.draft, one, dates)
        return not one


def _columns(values: Values, placement: Placement, plan: Plan) -> dict[str, Sequence[Any]]:
    """Give the members that are one value a row, in no order."""
    status, sensitivity = plan.choices.status, plan.choices.sensitivity
    return {
        "record_status": [s or status for s in placement.record_status],
        "date_start": day_texts(values.date_start),
        "date_end": day_texts(values.date_end),
        "date_precision": values.date_precision,
        "date_text": values.date_text,
        "date_basis": values.date_basis,
        "local_time": values.local_time,
        "coordinate_method": placement.coordinate_method,
        "where_precision": placement.where_precision,
        "place_as_reported": _places(values),
        "place_id": placement.place_id,
        "country": placement.country,
        "placed_by": placement.placed_by,
        "district_note": placement.note,
        "accident_type": values.accident_type,
        "device": values.device,
        "activity": values.activity,
        "source_reliability": values.source_reliability,
        "information_credibility": values.information_credibility,
        "sensitivity": [s or sensitivity for s in values.sensitivity],
        "description": values.description,
        "note": values.note,
    }


def _places(values: Values) -> Texts:
    units = [values.names[name] for name in reversed(UNIT_NAMES)]
    if all(values.place):
        return values.place
    return [
        place or ", ".join(part for part in row if part) or None
        for place, row in zip(values.place, zip(*units, strict=True), strict=True)
    ]


# -- fragments of JSON ---------------------------------------------------------


def _joined(parts: Sequence[Fragments], size: int) -> list[str]:
    columns: list[list[str]] = []
    same = ""
    for part in parts:
        if isinstance(part, str):
            same += part
        else:
            columns += [[same] * size, part] if same else [part]
            same = ""
    columns.append([f"{same}}}"] * size)
    return list(map("".join, zip(*columns, strict=True)))


@lru_cache(maxsize=64)
def _default(name: str) -> str:
    """Give what the model writes for a member that no row states; nothing for null."""
    field = Incident.model_fields[name]
    value = None if name in _WRITTEN or field.is_required() else field.default
    return "" if value is None else f',"{name}":{_json(value)}'


@lru_cache(maxsize=64)
def _type_of(name: str) -> TypeAdapter[Any]:
    field = Incident.model_fields[name]
    kind: Any = field.annotation
    for constraint in field.metadata:
        kind = Annotated[kind, constraint]
    return TypeAdapter(kind)


@lru_cache(maxsize=50_000)
def _fragment(name: str, value: Any) -> str | None:
    """Write one member; None where the model does not take the value."""
    if value is None:
        return _default(name)
    try:
        held = _type_of(name).validate_python(value)
        written = _type_of(name).dump_python(held, mode="json")
        return f',"{name}":{_json(written)}'
    except (ValidationError, TypeError):
        return None


def _is_slug(name: str) -> bool:
    return _fragment("incident_id", name) is not None


def _few_values(name: str, cells: list[Any], doubtful: Flags) -> Fragments:
    if cells and cells.count(cells[0]) == len(cells):
        one = _fragment(name, cells[0])
        doubtful |= one is None
        return one or ""
    known = {value: _fragment(name, value) for value in set(cells)}
    return _checked_fragments([known[value] for value in cells], doubtful)


def _checked_fragments(fragments: list[str | None], doubtful: Flags) -> list[str]:
    if None in fragments:
        doubtful |= np.array([fragment is None for fragment in fragments], dtype=bool)
        return [fragment or "" for fragment in fragments]
    return fragments  # type: ignore[return-value]


def _long_texts(name: str, cells: list[str | None], doubtful: Flags) -> list[str]:
    stated = {cell for cell in cells if cell is not None}
    if not stated:
        return []
    if 2 * len(stated) > len(cells):
        return _each_long_text(name, cells, doubtful)
    # Of texts that occur several times each is written once.
    distinct = list(stated)
    odd = np.zeros(len(distinct), dtype=bool)
    known: dict[str | None, str] = {None: ""}
    known |= zip(distinct, _each_long_text(name, distinct, odd), strict=True)
    if odd.any():
        wrong = {text for text, o in zip(distinct, odd.tolist(), strict=True) if o}
        doubtful |= np.array([cell in wrong for cell in cells], dtype=bool)
    return [known[cell] for cell in cells]


def _each_long_text(name: str, cells: Sequence[str | None], doubtful: Flags) -> list[str]:
    longest, before = _LONG_TEXTS[name], f',"{name}":'
    stated = list(filter(None, cells))
    if max(map(len, stated), default=0) > longest or "\x00" in "".join(stated):
        doubtful |= np.array([c is not None and (len(c) > longest or "\x00" in c) for c in cells])
    try:
        return ["" if c is None else before + orjson.dumps(c).decode() for c in cells]
    except TypeError:
        # Half of a surrogate pair: the model refuses it.
        doubtful |= np.array([c is not None and not _is_unicode(c) for c in cells])
        return ["" if c is None or not _is_unicode(c) else before + _json(c) for c in cells]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _numbers(values: np.ndarray) -> list[str]:
    return orjson.dumps(values.tolist()).decode()[1:-1].split(",") if len(values) else []


@lru_cache(maxsize=20_000)
def _districts(text: str | None) -> str | None:
    weights = [d.model_dump() for d in parse_districts(text)] if text else []
    try:
        return f',"districts":{_json(_alone({"districts": weights})["districts"])}'
    except ValidationError:
        return None


@lru_cache(maxsize=20_000)
def _normal(text: str) -> str | None:
    return districts_text(parse_districts(text))


def _alone(members: dict[str, Any]) -> "Document":
    """Give what the model makes of a few members, whatever the others are."""
    needed = {"incident_id": "x", "date_start": "2000-01-01", "date_end": "2000-01-01"}
    return document(Incident.model_validate(needed | members))


def _each(column: list[list[dict[str, Any]]], make: Callable[[Key], T]) -> list[T]:
    """Make something of each row's list of members; rows often share one list."""
    known: dict[int, T] = {}
    result = []
    for rows in column:
        found = known.get(id(rows))
        if found is None:
            found = known[id(rows)] = make(tuple([tuple(row.items()) for row in rows]))
        result.append(found)
    return result


def _published(rows: Key) -> tuple[str | None, ...]:
    return tuple(dict(row).get("published") for row in rows)


@dataclass(frozen=True, slots=True)
class _People:
    fragment: str | None
    killed: float = np.nan
    injured: float = np.nan


@lru_cache(maxsize=50_000)
def _people(rows: Key) -> _People:
    try:
        held = Incident.model_validate(
            {"incident_id": "x", "date_start": "2000-01-01", "date_end": "2000-01-01",
             "casualties": [dict(row) for row in rows]}
        )  # fmt: skip
        fragment = f',"casualties":{_json(document(held)["casualties"])}'
    except (ValidationError, TypeError):
        return _People(None)
    killed, injured = held.count("killed"), held.count("injured")
    return _People(
        fragment,
        np.nan if killed is None else killed,
        np.nan if injured is None else injured,
    )


@lru_cache(maxsize=20_000)
def _reports(rows: Key) -> str | None:
    try:
        return f',"reports":{_json(_alone({"reports": [dict(row) for row in rows]})["reports"])}'
    except (ValidationError, TypeError):
        return None


# -- by the model --------------------------------------------------------------


def checked(draft: Draft, place: int, row: dict[str, Any]) -> Incident | None:
    """Give the record, or refuse the row with the field that does not fit."""
    try:
        return Incident.model_validate(row)
    except ValidationError as error:
        for found in error.errors(include_url=False)[:5]:
            name = ".".join(str(part) for part in found["loc"]) or "row"
            draft.refuse(place, _FIELD_OF_MEMBER.get(name, name), reason_of_problem(found))
    return None


def refuse_implausible(draft: Draft, made: dict[int, "Document"], dates: DateRange) -> None:
    """Refuse the rows with a day that cannot be meant, and take them out of what was made."""
    for place, one in list(made.items()):
        found = dates.problems(one)
        said: set[tuple[str, str]] = set()
        for problem in found:
            name = problem["field"]
            field = _FIELD_OF_MEMBER.get(name, name)
            if field in ("date_start", "date_end") and not draft.has(field):
                field = next((n for n in ("date", "year") if draft.has(n)), "date")
            # One cell gives start and end: it is wrong once.
            if (field, problem["value"]) in said:
                continue
            said.add((field, problem["value"]))
            draft.refuse(place, field, problem["reason"], problem["value"])
        if found:
            del made[place]


_FIELD_OF_MEMBER = {"place_as_reported": "place", "incident_id": "id", "external_id": "id",
                    "reports.0.published": "source_date"}  # fmt: skip


Document = dict[str, Any]
Verdict = Literal["unchanged", "updated", "conflict"]
REASON = "Import of "
"""How the reason of every revision that an import writes begins."""
_NOT_COMPARED = frozenset({"version", "record_status", "merged_into"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one incident."""

    verdict: Verdict
    document: Document | None = None
    """The whole record to append; None where nothing is."""
    version: int = 0
    """The version it replaces."""
    why: str | None = None
    """For unchanged and conflict: what stands against it."""


def newest_rows(register: Register, ids: Iterable[str]) -> Mapping[str, Newest]:
    """Give the last revision of those incidents that are held."""
    with register.store.read() as connection:
        return log.newest(connection, "incident", ids)


def as_held(made: Records, held: Sequence[Newest | None]) -> Flags:
    """Tell the records that say what is held in the same words: nothing has to be read for them.

    Parameters
    ----------
    held
        The last revision of each one's id; None where it is new.
    """
    return np.array(
        [
            row is not None
            and row.change not in GONE
            and row.payload == f"{head}{row.version}{tail}"
            for row, head, tail in zip(held, made.heads, made.tails, strict=True)
        ],
        dtype=bool,
    )


def gone(held: Newest) -> Decision:
    """Give the decision on a row whose incident was merged or retracted."""
    merged_ = say("was merged into another and stays so")
    why = merged_ if held.change == "merge" else say("was retracted and stays so")
    return Decision("unchanged", None, held.version, why)


def decide(
    register: Register,
    now: Document,
    held: Newest,
    *,
    status_stated: bool = False,
    own: bool = False,
) -> Decision:
    """Compare a row's incident with what is held under its id and differs (see `as_held`).

    What people changed since the last import stays: only what the source itself changed since
    then is taken over, and where both changed the same member differently, the row is a conflict.

    With the record to append for updated.
    """
    ours = orjson.loads(held.payload)
    ignored = _NOT_COMPARED - ({"record_status"} if status_stated else set())
    if "placed_by" not in ours:
        # Recorded before the evidence was kept: that alone is no change of the source.
        ignored |= {"placed_by"}
    if not differing(ours, now, ignored):
        return Decision("unchanged", None, held.version)
    if own:
        return Decision("updated", now, held.version)
    base = ours if held.version == 1 else last_source(register, held.record_id) or ours
    theirs = differing(base, now, ignored)
    if not theirs:
        why = say("was changed here since; the file was not")
        return Decision("unchanged", None, held.version, why)
    return merged(ours, base, now, theirs, held.version)


def merged(
    ours: Document, base: Document, now: Document, theirs: set[str], version: int
) -> Decision:
    """Bring the source's changes since `base` over to what is held.

    Parameters
    ----------
    ours, base, now
        What is held, what the source said last, what it says now.
    theirs
        Members that the source changed.
    """
    both = {n for n in theirs if ours.get(n) != base.get(n) and ours.get(n) != now.get(n)}
    if both:
        return Decision(
            "conflict",
            None,
            version,
            say(
                "changed here and in the file since the last import: {members}",
                members=", ".join(sorted(both)),
            ),
        )
    result = {name: value for name, value in ours.items() if name not in theirs}
    result |= {name: now[name] for name in theirs if name in now}
    if result == ours:
        return Decision("unchanged", None, version)
    return Decision("updated", result, version)


def differing(one: Document, other: Document, ignored: frozenset[str]) -> set[str]:
    """Give the members that two documents state differently; absent equals null."""
    names = (one.keys() | other.keys()) - ignored
    return {name for name in names if one.get(name) != other.get(name)}


def last_source(register: Register, incident_id: str) -> Document | None:
    """Put together what the source said last, from the revisions that imports wrote.

    An import writes the source's changes over what people changed, so a later revision is
    not the source's word throughout: only its differences from the revision before are.
    """
    said: Document | None = None
    before: Document = {}
    for revision in register.history(incident_id):
        payload = revision.payload
        if (revision.reason or "").startswith(REASON):
            if said is None:
                said = dict(payload)
            for name in differing(before, payload, _NOT_COMPARED):
                said[name] = payload.get(name)
        before = payload
    return said
