"""Tables of no published data set: a chunk's columns to the members of incidents, by the mapping.

This project's own exports are read back as they were: export then import is the identity.
"""

import re
from typing import Any

import numpy as np
import orjson

from geodata.errors import GeodataError
from geodata.formats.formulas import is_command, may_be_commands, restored
from geodata.incidents import document
from geodata.incidents.flat import members_of_properties
from geodata.intake.cells.dates import Days, day_texts, days
from geodata.intake.cells.numbers import is_nothing, numbers
from geodata.intake.cells.precision import precision_of
from geodata.intake.cells.vocabulary import country_codes, read_codes, vocabulary
from geodata.intake.draft import Codes, Draft, Floats, Points, Texts, Values
from geodata.intake.people import MakeCasualties, casualties
from geodata.intake.places.placing import UNIT_CODES, UNIT_NAMES, Placer, stands_for
from geodata.intake.places.positions import points, refuse_swapped
from geodata.intake.plan import Plan
from geodata.intake.records import checked, newest_rows
from geodata.intake.table import LAT, LON
from geodata.model import Incident
from geodata.places.assign import place_incident
from geodata.register import Register
from geodata.register.log import Newest
from geodata.schemas import INCIDENTS
from geodata.wording import plain, say

_WORDS = ("accident_type", "device", "activity", "record_status", "sensitivity", "date_basis",
          "coordinate_method")  # fmt: skip
_WITH_TOTALS = (*UNIT_NAMES, *UNIT_CODES, "id", "date", "date_start", "year", "month")
_TOTALS = frozenset(
    plain(word)
    for word in (
        "total", "totals", "grand total", "subtotal", "sub total", "sub-total", "sum total",
        "overall total", "all districts", "all provinces", "all", "totaux", "total general",
        "total général", "sous-total", "totales", "suma total", "total geral", "cəmi", "yekun",
        "ümumi", "toplam", "genel toplam", "итого", "всего", "итог", "общий итог", "всього",
        "разом", "усього", "المجموع", "الإجمالي", "الاجمالي", "المجموع الكلي", "مجموع", "مجموع کل",
        "جمع", "جمع کل",
    )
)  # fmt: skip
"""Words that name a row of sums."""
_OF_TOTALS = ("tot", "all", "suma", "cəmi", "cemi", "yekun", "mumi", "plam", "итог", "всего",
              "всього", "разом", "усього", "ل", "ع")  # fmt: skip
"""A quick look: what every one of those words holds, in small letters."""
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_LONGEST = {"description": 10_000, "note": 10_000, "place": 10_000, "date_text": 10_000}
_NAME = 300


def read_generic(draft: Draft, plan: Plan, make_casualties: MakeCasualties = casualties) -> Values:
    """Read what a draft's cells say.

    Parameters
    ----------
    make_casualties
        How columns of people become casualties; formats with their own meaning bring theirs.
    """
    refuse_formulas(draft)
    refuse_totals(draft)
    texts = {
        name: _text(draft, name)
        for name in ("place", *UNIT_NAMES, *UNIT_CODES, "description", "note", "date_text")
    }
    words = {name: vocabulary(draft, name) for name in _WORDS}
    country = country_codes(draft)
    start, end, precision = _dates(draft, plan)
    found = _place(draft, plan, country)
    stated, exact = _stated(draft, plan, "where_precision", 7), _exactness(draft)
    return Values(
        place=texts["place"],
        names={name: texts[name] for name in UNIT_NAMES},
        codes={name: texts[name] for name in UNIT_CODES},
        country=country,
        date_start=start,
        date_end=end,
        date_precision=precision,
        date_text=texts["date_text"],
        date_basis=words["date_basis"],
        local_time=draft.texts("local_time"),
        points=_of_places(found, exact),
        anchor=found,
        nowhere=np.zeros(len(draft), dtype=bool),
        uncertainty_m=_uncertainty(draft, found),
        where_precision=[e if s is None else s for s, e in zip(stated, exact, strict=True)],
        coordinate_method=words["coordinate_method"],
        accident_type=words["accident_type"],
        device=words["device"],
        activity=words["activity"],
        information_credibility=_stated(draft, plan, "information_credibility", 6),
        source_reliability=_reliability(draft),
        casualties=make_casualties(draft),
        reports=_reports(draft, plan),
        description=texts["description"],
        note=texts["note"],
        record_status=words["record_status"],
        sensitivity=words["sensitivity"],
    )


def refuse_formulas(draft: Draft) -> None:
    """Refuse rows with a spreadsheet formula in a mapped cell: it would run where it is opened."""
    for name in draft.fields:
        cells = draft.raw(name).tolist()
        if not may_be_commands(cells):
            continue
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and is_command(cell):
                draft.refuse(
                    place, name, say("is a spreadsheet formula; write its result"), cell[:100]
                )


def refuse_totals(draft: Draft) -> None:
    """Refuse rows that sum up others: ``Total``, ``Alpha Total``, ``Subtotal Alpha``, ``Итого``."""
    for name in (*_WITH_TOTALS, "place"):
        if not draft.has(name):
            continue
        texts = draft.raw(name)
        words = {t for t in texts.tolist() if t and not t[0].isdecimal()}
        if not _may_be_total("\n".join(words)):
            continue
        for text in words:
            if len(text) < _NAME and is_total(text, whole=name == "place"):
                for place in (texts == text).nonzero()[0].tolist():
                    draft.refuse(place, name, say("is a row of totals, not one of its own"), text)


def is_total(text: str, *, whole: bool = False) -> bool:
    """Say whether a text names a sum.

    Parameters
    ----------
    whole
        The sum's word alone counts: places are called all sorts of things.

    Examples
    --------
    >>> is_total("Grand total"), is_total("Alpha Total"), is_total("Totana")
    (True, True, False)
    """
    if not _may_be_total(text):
        return False
    words = plain(text)
    if words in _TOTALS or whole:
        return words in _TOTALS
    return any(words.startswith(f"{t} ") or words.endswith(f" {t}") for t in _TOTALS if t != "all")


def _may_be_total(text: str) -> bool:
    # A pattern of these words takes a hundred times as long.
    shown = text.casefold().replace("ı", "i")
    return any(part in shown for part in _OF_TOTALS)


def _text(draft: Draft, name: str) -> Texts:
    texts = draft.texts(name)
    longest = _LONGEST.get(name, _NAME)
    if not draft.has(name) or max(map(len, filter(None, texts)), default=0) <= longest:
        return texts
    for place, text in enumerate(texts):
        if text is not None and len(text) > longest:
            draft.refuse(
                place,
                name,
                say(
                    "has {number:,} characters; at most {longest:,} are kept",
                    number=len(text),
                    longest=longest,
                ),
            )
    return texts


def _dates(draft: Draft, plan: Plan) -> tuple[np.ndarray, np.ndarray, list[int]]:
    start, end, precision = _stated_days(draft, plan)
    stated = _stated(draft, plan, "date_precision", 5)
    for place in (np.isnat(start) | (end < start)).nonzero()[0].tolist():
        if place in draft.refused:
            continue
        if np.isnat(start[place]):
            name = _date_field(draft)
            held = draft.raw(name)[place] if draft.has(name) else None
            why = say("no date is stated")
            if held and not is_nothing(held):
                why = say(
                    "{cell!r} is what programs write where no date is known: {why}",
                    cell=held[:40],
                    why=why,
                )
            draft.refuse(place, name, why)
        else:
            draft.refuse(
                place,
                "date_end",
                say("{end} is before the start {start}", end=end[place], start=start[place]),
            )
    found = precision.tolist()
    if draft.has("date_precision"):
        found = [p if s is None else s for s, p in zip(stated, found, strict=True)]
    return start, end, found


def _date_field(draft: Draft) -> str:
    return next((n for n in ("date", "date_start", "year") if draft.has(n)), "date")


def _stated_days(draft: Draft, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    read: dict[str, Days] = {}
    for name in ("date", "date_start", "date_end"):
        if draft.has(name):
            read[name] = days(
                draft.raw(name),
                order=plan.date_orders.get(name, "dmy"),
                epoch_1904=plan.epoch_1904,
                solar=plan.solar,
            )
            draft.refuse_all(name, read[name].bad)
            _warn_of_blanks(draft, name, read[name])
    if not read:
        return _years(draft, plan)
    nothing = np.full(len(draft), "NaT", dtype="datetime64[D]")
    first, last, single = (read.get(n) for n in ("date_start", "date_end", "date"))
    start = first.start.copy() if first else nothing.copy()
    end = last.end.copy() if last else (first.end.copy() if first else nothing.copy())
    if single is not None:
        gap = np.isnat(start)
        start[gap] = single.start[gap]
        end = np.where(np.isnat(end), single.end, end)
    end = np.where(np.isnat(end), first.end if first is not None else start, end)
    start = np.where(np.isnat(start) & ~np.isnat(end), end, start)
    length = (end - start).astype("timedelta64[D]").astype("float64") + 1
    precision = np.select([length <= 1, length <= 6, length <= 7, length <= 31], [1, 2, 3, 4], 5)
    return start, end, precision


def _warn_of_blanks(draft: Draft, name: str, read: Days) -> None:
    if read.never:
        draft.warnings[
            say(
                "{fields}: 1900-01-01, 1970-01-01 and the like are what programs write where "
                "no date is known: they count as none",
                fields=draft.fields[name],
            )
        ] += read.never


def _years(draft: Draft, plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    year, month = draft.raw("year"), draft.raw("month")
    joined = np.full(len(draft), None, dtype=object)
    for place, (y, m) in enumerate(zip(year, month, strict=True)):
        if not is_nothing(y):
            whole = str(y).removesuffix(".0")
            joined[place] = (
                whole
                if is_nothing(m)
                else f"{m} {whole}"
                if str(m).isalpha()
                else f"{whole}-{str(m).removesuffix('.0')}"
            )
    read = days(joined, order="dmy", solar=plan.solar)
    draft.refuse_all("year", read.bad)
    return read.start, read.end, read.precision


def _place(draft: Draft, plan: Plan, country: Texts) -> Points:
    found = points(draft, zone=plan.choices.zone)
    nowhere = (found.lon == 0) & (found.lat == 0)
    if nowhere.any():
        # Programs write 0, 0 for a position that was not filled in; no land is there.
        draft.warnings[say("0, 0 is no position: it counts as none stated")] += int(nowhere.sum())
        found.lon[nowhere] = found.lat[nowhere] = np.nan
    if plan.exchange:
        found = _exchanged(draft, found)
    if plan.choices.swapped == "refuse" and plan.format in ("csv", "geo", "hxl", "imsma"):
        refuse_swapped(draft, found, plan.bounds, plan.home, country)
    return found


def _exchanged(draft: Draft, found: Points) -> Points:
    for place in (np.abs(found.lon) > 90).nonzero()[0].tolist():
        draft.refuse(place, "longitude", say("{lon:g} cannot be a latitude", lon=found.lon[place]))
    return Points(found.lat, found.lon, found.uncertainty_m)


def _uncertainty(draft: Draft, found: Points) -> Floats:
    if not draft.has("uncertainty_m"):
        return found.uncertainty_m
    read = numbers(draft.raw("uncertainty_m"), 0, 5_000_000)
    draft.refuse_all("uncertainty_m", read.bad)
    return np.where(np.isnan(read.values), found.uncertainty_m, read.values)


def _small(draft: Draft, name: str, low: int, high: int) -> Codes:
    read = numbers(draft.raw(name), low, high)
    draft.refuse_all(name, read.bad)
    return [None if np.isnan(v) else int(v) for v in read.values.tolist()]


def _stated(draft: Draft, plan: Plan, name: str, high: int) -> Codes:
    """Read a code of the register's own lists; another system's words there are reported."""
    if not draft.has(name):
        return [None] * len(draft)
    if plan.format in ("csv", "geo", "hxl", "imsma"):
        read = numbers(draft.raw(name), 1, high)
        raw = draft.raw(name)
        for place in read.bad:
            draft.not_understood(name, str(raw[place]))
        return [None if np.isnan(v) else int(v) for v in read.values.tolist()]
    return _small(draft, name, 1, high)


def _exactness(draft: Draft) -> Codes:
    """Read how exact each place is by another system's words, which are reported if not known."""
    if not draft.has("place_precision"):
        return [None] * len(draft)
    raw = draft.raw("place_precision").tolist()
    codes = {text: precision_of(text) for text in set(raw)}
    for text in raw:
        if codes[text] is None and not is_nothing(text):
            draft.not_understood("place_precision", str(text))
    return [codes[text] for text in raw]


def _of_places(found: Points, exact: Codes) -> Points:
    """Leave out points that stand for a whole unit by these words: nothing happened just there."""
    wide = stands_for(exact) > 0
    if not wide.any():
        return found
    lon, lat = (np.where(wide, np.nan, values) for values in (found.lon, found.lat))
    return Points(lon, lat, found.uncertainty_m)


def _reliability(draft: Draft) -> Texts:
    def letter(text: str) -> str:
        if text.upper() not in "ABCDEF" or len(text) != 1:
            raise ValueError(say("{text!r} is no letter from A to F", text=text[:20]))
        return text.upper()

    return read_codes(draft, "source_reliability", letter)


def _reports(draft: Draft, plan: Plan) -> list[list[dict[str, Any]]]:
    if not any(draft.has(n) for n in ("source", "url", "source_date")):
        return [[] for _ in range(len(draft))]
    order = plan.date_orders.get("source_date", "dmy")
    published = days(draft.raw("source_date"), order=order, epoch_1904=plan.epoch_1904)
    if published.bad:
        draft.warnings[
            say("{fields}: not a date, left out", fields=draft.fields["source_date"])
        ] += len(published.bad)
    stated = np.where(published.precision == 1, published.start, np.datetime64("NaT"))
    keys = list(zip(draft.texts("source"), draft.texts("url"), day_texts(stated), strict=True))
    known = {key: _report(*key) for key in dict.fromkeys(keys)}
    result = [known[key][0] for key in keys]
    left_out = sum(known[key][1] for key in keys) if draft.has("url") else 0
    if left_out:
        draft.warnings[
            say("{fields}: not an http address, left out", fields=draft.fields["url"])
        ] += left_out
    return result


def _report(
    source: str | None, link: str | None, published: str | None
) -> tuple[list[dict[str, Any]], bool]:
    """Make a row's reports, and say whether its link is none."""
    report: dict[str, Any] = {}
    found = _URL.search(link or "") or _URL.search(source or "")
    taken = found is not None and len(found[0]) <= 2_000
    if found and taken:
        scheme, between, address = found[0].partition("://")
        report["url"] = f"{scheme.lower()}{between}{address}"
    name = (source or "").replace(found[0], "").strip(" ,;") if found else source
    if name:
        report["publisher"] = name[:_NAME]
        if len(name) > _NAME:
            report["note"] = name[:10_000]
    if report and published:
        report["published"] = published
    return ([report] if report else []), bool(link) and not taken


_NOT_READ = frozenset({"recorded_at", "district_id", "version"})
_POINT = ("longitude", "latitude")
_OF_POINT = ("where_precision", "coordinate_method", "uncertainty_m")
_SAME_DEGREES = 5e-7
"""Exports round degrees to six or seven decimals; a difference below is none."""

Properties = dict[str, Any]


def read_own(register: Register, draft: Draft, plan: Plan, placer: Placer) -> dict[int, Incident]:
    """Read rows of an own export against what is held under their ids.

    A blank cell states nothing, so it never erases: neither what the flat twins cannot say
    (affiliations, evidence) nor what the public view withheld. A row that an older version of
    a record stands in, and that differs from what is held, is refused.
    """
    refuse_formulas(draft)
    columns = _columns(draft)
    snapshot = register.snapshot()
    # A public export names some restricted incidents otherwise than the register does.
    ids = [i and snapshot.own_id(i) for i in draft.raw("incident_id").tolist()]
    held = newest_rows(register, sorted({i for i in ids if i}))
    versions = numbers(draft.raw("version"), 1, 1e9).values.tolist()
    made: dict[int, Incident] = {}
    for place in range(len(draft)):
        if place in draft.refused:
            continue
        said = {n: v[place] for n, v in columns.items() if v[place] is not None}
        row = held.get(ids[place] or "")
        if row is not None:
            said["incident_id"] = row.record_id
        try:
            members = _members(said, row)
        except GeodataError as error:
            draft.refuse(place, "row", error.message)
            continue
        incident = checked(draft, place, _defaults(members, plan) if row is None else members)
        if incident is None:
            continue
        if row is None:
            incident = _placed(incident, placer)
        elif _is_older(versions[place], row, incident):
            draft.refuse(
                place,
                "version",
                say(
                    "the row is of version {versions:g}, held is {version}: export again",
                    versions=versions[place],
                    version=row.version,
                ),
            )
            continue
        made[place] = incident
    return made


def _columns(draft: Draft) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for column in INCIDENTS.columns:
        if draft.has(column.name) and column.name not in _NOT_READ:
            columns[column.name] = _read(draft, column.name, column.kind)
    if LON in draft.chunk and "longitude" not in columns:
        for name, source in zip(_POINT, (LON, LAT), strict=True):
            values = draft.chunk[source].tolist()
            columns[name] = [None if v != v else v for v in values]
    if "districts" not in columns and draft.has("district_id"):
        columns["district_id"] = draft.raw("district_id").tolist()
    return columns


def _read(draft: Draft, name: str, kind: str) -> list[Any]:
    raw = draft.raw(name)
    if kind == "date":
        read = days(raw, order="dmy")
        draft.refuse_all(name, read.bad)
        texts = np.datetime_as_string(read.start)
        return [None if t == "NaT" else str(t) for t in texts]
    if kind in ("number", "integer"):
        found = numbers(raw, -1e12, 1e12)
        draft.refuse_all(name, found.bad)
        whole = kind == "integer"
        return [
            None if v != v else int(v) if whole and v.is_integer() else v
            for v in found.values.tolist()
        ]
    return [restored(text) if text else text for text in raw.tolist()]


def _members(said: Properties, row: Newest | None) -> Properties:
    if row is None:
        return members_of_properties(said)
    ours: Properties = orjson.loads(row.payload)
    if "longitude" not in said and "longitude" in ours:
        said = {n: v for n, v in said.items() if n not in _OF_POINT}
    for name in _POINT:
        if name in said and abs(said[name] - ours.get(name, np.inf)) <= _SAME_DEGREES:
            said[name] = ours[name]
    stated = members_of_properties(said, ours)
    return ours | {n: v for n, v in stated.items() if v is not None and v != []}


def _defaults(members: Properties, plan: Plan) -> Properties:
    filled = {n: v for n, v in members.items() if v is not None}
    filled.setdefault("record_status", plan.choices.status)
    filled.setdefault("sensitivity", plan.choices.sensitivity)
    return filled


def _placed(incident: Incident, placer: Placer) -> Incident:
    foreign = placer.home and incident.country and incident.country not in placer.home
    if incident.districts or foreign or not len(placer.districts):
        return incident
    return place_incident(incident, placer.gazetteer, placer.districts)


def _is_older(version: float, row: Newest, incident: Incident) -> bool:
    if version != version or version >= row.version:
        return False
    ours = document(Incident.model_validate_json(row.payload))
    return document(incident) != ours | {"version": incident.version}
