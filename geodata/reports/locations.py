"""From mentions of places to where a blast was: districts with weights."""

from collections.abc import Iterable

from geodata.reports.candidates import PlaceShare
from geodata.reports.places import PlaceFinder, PlaceMention

_ROLES = ("location", "road", "home", "office")
"""What may stand for the place of a blast, best first."""


def districts_of(mentions: Iterable[PlaceMention]) -> set[str]:
    """Give what the mentions narrow the place to: district ids, else units or countries."""
    mentions = list(mentions)
    own = {d for m in mentions if m.kind == "district" for d in m.districts}
    if own:
        return own
    villages = {d for m in mentions for d in m.districts}
    if villages:
        return villages
    units = {f"{m.country or ''}:{m.name}" for m in mentions if m.kind == "unit" and m.country}
    return units or {f"{m.country}:" for m in mentions if m.kind == "country" and m.country}


def usable(mentions: Iterable[PlaceMention]) -> list[PlaceMention]:
    """Give the mentions of the best role that tells of a place at all."""
    mentions = list(mentions)
    for kinds in (("district", "settlement", "unit"), ("country",)):
        for role in _ROLES:
            found = [m for m in mentions if m.role == role]
            if any(m.kind in kinds and (m.districts or m.country) for m in found):
                rest = [] if role == "location" else [m for m in mentions if m.role == "location"]
                return found + rest
    # A province abroad that has the hospital is likely to have the place, a district is not.
    away = [m for m in mentions if m.role == "hospital" and m.kind == "unit" and m.country]
    return away + [m for m in mentions if m.role == "location"]


def shares(
    text: str, mentions: list[PlaceMention], finder: PlaceFinder
) -> tuple[tuple[PlaceShare, ...], list[tuple[int, int]], int]:
    """Weigh the places of one blast.

    Parameters
    ----------
    mentions
        Where the blast may have been.
    finder
        For the districts' names.

    Returns
    -------
    tuple
        The places, weights summing to 1; the span of each; and UCDP's `where_prec`.
    """
    districts = [m for m in mentions if m.kind == "district" and m.districts]
    villages = [m for m in mentions if m.kind == "settlement"]
    if districts or any(m.districts for m in villages):
        return _at_home(text, districts, villages, finder)
    return _abroad(text, mentions, villages)


def _at_home(
    text: str, districts: list[PlaceMention], villages: list[PlaceMention], finder: PlaceFinder
) -> tuple[tuple[PlaceShare, ...], list[tuple[int, int]], int]:
    ids: dict[str, PlaceMention] = {}
    narrowed = {d for v in villages for d in v.districts}
    for mention in districts:
        # A unit formed from several districts counts in the one that a village narrows it to.
        own = [d for d in mention.districts if d in narrowed] or list(mention.districts)
        for district in own if len(mention.districts) > 1 else mention.districts:
            held = ids.get(district)
            if held is None or _distance(mention, villages) < _distance(held, villages):
                ids[district] = mention
    for village in villages:
        if not ids or (len(districts) > 0 and set(village.districts) & set(ids)) or not districts:
            for district in village.districts[:1]:
                ids.setdefault(district, village)
    if set(ids) & _REPUBLIC:
        # The republic bears the name of its capital.
        ids.pop(_CAPITAL, None)
    found, spans = [], []
    for district, mention in ids.items():
        near = _nearest(mention, villages, len(ids) > 1)
        start, end = _around(mention, near)
        found.append(
            PlaceShare(
                text=text[start:end],
                district_id=district,
                district_name=finder.district_names.get(district, mention.name),
                place_name=near.place_name if near else None,
                country=district[:2],
                weight=1 / len(ids),
            )
        )
        spans.append((start, end))
    precision = 5 if len(ids) > 1 else 2 if any(p.place_name for p in found) else 4
    return tuple(found), spans, precision


_CAPITAL = "AZ-NV"
_REPUBLIC = frozenset({"AZ-BAB", "AZ-CUL", "AZ-KAN", "AZ-ORD", "AZ-SAD", "AZ-SAH", "AZ-SAR"})
"""Districts of the Nakhchivan Autonomous Republic, apart from its capital."""


def _distance(mention: PlaceMention, villages: list[PlaceMention]) -> int:
    return min((abs(v.start - mention.start) for v in villages), default=0)


def _nearest(
    mention: PlaceMention,
    villages: list[PlaceMention],
    several: bool,  # noqa: FBT001
) -> PlaceMention | None:
    if mention.kind == "settlement":
        return mention
    near = [v for v in villages if not v.districts or set(v.districts) & set(mention.districts)]
    near = near or [v for v in villages if not several]
    near.sort(key=lambda v: abs(v.start - mention.start))
    if not near or (several and abs(near[0].start - mention.start) > 60):
        return None
    return near[0]


def _around(mention: PlaceMention, near: PlaceMention | None) -> tuple[int, int]:
    if near is None or abs(near.start - mention.start) > 60:
        return mention.start, mention.end
    return min(mention.start, near.start), max(mention.end, near.end)


def _abroad(
    text: str, mentions: list[PlaceMention], villages: list[PlaceMention]
) -> tuple[tuple[PlaceShare, ...], list[tuple[int, int]], int]:
    known = [m for m in mentions if m.kind == "unit" and m.country]
    unknown = [m for m in mentions if m.kind == "unit" and not m.country]
    countries = [m for m in mentions if m.kind == "country"]
    country = (known or countries or [None])[0]  # type: ignore[list-item]
    code = country.country if country is not None else None
    names = dict.fromkeys((m.name, m) for m in known if m.country == code)
    if not names and unknown:
        names = dict.fromkeys([(unknown[0].name, unknown[0])])
    detail = next(
        (m.name for m in (*villages, *unknown) if m.name not in {n for n, _ in names}), None
    )
    distinct: dict[str, PlaceMention] = {}
    for name, mention in names:
        distinct.setdefault(name, mention)
    if not distinct and (countries or villages):
        first = (villages or countries)[0]
        share = PlaceShare(text[first.start : first.end], None, None, detail, code)
        return (share,), [(first.start, first.end)], 2 if villages else 6
    found = tuple(
        PlaceShare(text[m.start : m.end], None, name, detail, code, 1 / len(distinct))
        for name, m in distinct.items()
    )
    spans = [(m.start, m.end) for m in distinct.values()]
    precision = 6 if not found else 5 if len(found) > 1 else 2 if villages else 4
    return found, spans, precision
