"""Which columns hold ids and names: the column families that boundary files use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from geodata.errors import InvalidInput

LANGUAGES = ("az", "en", "ru")
_LEVELS = range(6)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where to find what; a column that the file does not have is None."""

    id: str
    name: str | None
    pcode: str | None
    by_language: dict[str, str]
    valid_from: str | None
    valid_to: str | None
    type: str | None
    population: str | None
    population_note: str | None
    level: int | None
    dissolve: bool
    """The file draws finer units than asked for: join those of one id."""
    country: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)
    """`admin1_name`, `admin1_code`, `admin2_name`, `admin2_code` to the file's columns."""
    aliases: tuple[str, ...] = ()
    """Columns of the unit's names in other languages and spellings."""


@dataclass(frozen=True, slots=True)
class _Family:
    """A convention; `{n}` stands for the administrative level."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    has_pcode: bool
    valid: tuple[tuple[str, str], ...] = ()


_FAMILIES = (
    _Family(
        ("adm{n}_pcode",), ("adm{n}_name", "adm{n}_{lang}"), True,
        (("valid_on", "valid_to"), ("validon", "validto")),
    ),
    _Family(("admin{n}pcode",), ("admin{n}name_{lang}", "admin{n}name"), True,
            (("validon", "validto"), ("date", "validto"))),
)  # fmt: skip
_COUNTRIES = ("adm0_pcode", "admin0pcode", "iso_3", "iso3", "iso_2", "iso2", "iso3cd", "gid_0",
              "adm0_a3", "iso_a2", "shapegroup", "adm0_en", "adm0_name", "admin0name_en", "country",
              "country_code", "countrycode", "cntry_code")  # fmt: skip
"""Columns of the country, likeliest first."""
_SHAPE_LEVEL = re.compile(r"^ADM([0-5])$", re.IGNORECASE)
_GEOBOUNDARIES = ("shapeiso", "shapeid", "shapename", "shapetype")


def find_columns(
    names: Sequence[str],
    *,
    id_column: str | None = None,
    name_column: str | None = None,
    level: int | None = None,
    usable_iso: bool = True,
) -> Columns:
    """Find the columns of ids, names and dates.

    Known are OCHA's conventions (``adm1_pcode, adm1_name``; ``ADM1_PCODE, ADM1_EN``;
    ``admin1Pcode, admin1Name_en``), geoBoundaries (``shapeISO, shapeID, shapeName``) and
    this project's own properties. Case does not matter.

    Parameters
    ----------
    names
        The file's columns.
    id_column, name_column
        Columns named by the user; they come first.
    level
        Administrative level; None is the finest that the file has.
    usable_iso
        Whether geoBoundaries' ``shapeISO`` is filled and unique, so that it can be the id.

    Returns
    -------
    Columns
        What was found.

    Raises
    ------
    InvalidInput
        A named column is missing, or no family fits (code ``bad-boundaries``).
    """
    found = {name.lower(): name for name in reversed(list(names))}
    named = {"id_column": id_column, "name_column": name_column}
    missing = {k: v for k, v in named.items() if v is not None and v.lower() not in found}
    if missing:
        raise _bad([f"there is no column {v!r} ({k})" for k, v in missing.items()], names)
    known = _known(found, level, usable_iso=usable_iso)
    if id_column is not None:
        known = _named(found, found[id_column.lower()], name_column, known)
    elif known is None:
        asked = f" at level {level}" if level is not None else ""
        raise _bad([f"no known columns of ids and names{asked}; name id_column"], names)
    elif name_column is not None:
        known = _named(found, known.id, name_column, known)
    return _with_surroundings(found, known)


def _with_surroundings(found: dict[str, str], known: Columns) -> Columns:
    """Add where the unit lies: its country, the units above it; and its other names."""
    above = known.level if known.level is not None else 3
    parents = {
        f"admin{n}_{part}": column
        for n in (1, 2)
        for part in ("name", "code")
        if (n < above or f"admin{n}_{part}" in found)
        and (column := _parent(found, n, part)) is not None
        and column not in (known.id, known.name)
    }
    return replace(
        known,
        country=next((found[c] for c in _COUNTRIES if c in found), None),
        parents=parents,
        aliases=_other_names(found, known),
    )


def _parent(found: dict[str, str], level: int, part: str) -> str | None:
    names = {
        "code": ("admin{n}_code", "adm{n}_pcode", "admin{n}pcode", "adm{n}_code", "gid_{n}"),
        "name": ("admin{n}_name", "adm{n}_name", "adm{n}_en", "admin{n}name_en", "admin{n}name",
                 "name_{n}", "adm{n}_fr", "adm{n}_es", "adm{n}_pt", "admin{n}"),
    }  # fmt: skip
    return next((found[c] for n in names[part] if (c := n.format(n=level)) in found), None)


def _other_names(found: dict[str, str], known: Columns) -> tuple[str, ...]:
    level = "" if known.level is None else str(known.level)
    pattern = re.compile(
        rf"^(?:adm{level}_(?!pcode|code|type)(?:[a-z]{{2,3}}(?:_[a-z]+)?|name\d?|ref\w*|alt\d?\w*)|"
        rf"admin{level}(?:name|altname\d?|refname)_?[a-z]{{0,3}}|"
        r"name_[a-z]{2,3}|varname_\d|nl_name_\d|aliases|alt_name)$"
        if level
        else r"^(?:name_[a-z]{2,3}|aliases|alt_name)$"
    )
    taken = {known.name, known.id, *known.by_language.values()}
    return tuple(c for n, c in found.items() if pattern.match(n) and c not in taken)


def level_of_types(types: Sequence[str | None]) -> int | None:
    """Read geoBoundaries' level off its column of types, where all say the same.

    Examples
    --------
    >>> level_of_types(["ADM1", "ADM1"])
    1
    """
    found = {match[1] for t in types if t and (match := _SHAPE_LEVEL.match(t.strip()))}
    return int(found.pop()) if len(found) == 1 and all(types) else None


def _named(
    found: dict[str, str], id_column: str, name_column: str | None, known: Columns | None
) -> Columns:
    name = found[name_column.lower()] if name_column else (known.name if known else None)
    pcode = known.pcode if known else None
    return Columns(
        id=id_column,
        name=name,
        pcode=pcode or found.get("pcode"),
        by_language=known.by_language if known else _languages(found, ("name_{lang}",)),
        valid_from=known.valid_from if known else found.get("valid_from"),
        valid_to=known.valid_to if known else found.get("valid_to"),
        type=found.get("type"),
        population=found.get("population"),
        population_note=found.get("population_note"),
        level=known.level if known else None,
        dissolve=known is not None and known.dissolve and known.id == id_column,
    )


def _known(found: dict[str, str], level: int | None, *, usable_iso: bool) -> Columns | None:
    if "district_id" in found:
        return _own(found)
    for family in _FAMILIES:
        levels = [n for n in _LEVELS if any(i.format(n=n) in found for i in family.ids)]
        if levels and (level is None or level in levels):
            return _of_family(found, family, levels[-1] if level is None else level, levels[-1])
    return _geoboundaries(found, usable_iso=usable_iso)


def _of_family(found: dict[str, str], family: _Family, level: int, finest: int) -> Columns:
    ids = [i.format(n=level) for i in family.ids]
    id_column = next(found[i] for i in ids if i in found)
    templates = tuple(t.replace("{n}", str(level)) for t in family.names)
    languages = _languages(found, tuple(t for t in templates if "{lang}" in t))
    bare = [found[t] for t in templates if "{lang}" not in t and t in found]
    pattern = re.compile(rf"^(adm{level}|admin{level}name)_[a-z]{{2}}$")
    others = [found[n] for n in found if pattern.match(n)]
    name = next(iter([*([languages["en"]] if "en" in languages else []), *bare, *others]), None)
    valid = next((v for v in family.valid if v[0] in found), (None, None))
    return Columns(
        id=id_column,
        name=name,
        pcode=id_column if family.has_pcode else None,
        by_language=languages,
        valid_from=found.get(valid[0] or ""),
        valid_to=found.get(valid[1] or ""),
        type=None,
        population=None,
        population_note=None,
        level=level,
        dissolve=level < finest,
    )


def _geoboundaries(found: dict[str, str], *, usable_iso: bool) -> Columns | None:
    iso, identifier, name, _ = (found.get(c) for c in _GEOBOUNDARIES)
    chosen = iso if iso and usable_iso else identifier
    if chosen is None or name is None:
        return None
    return Columns(
        id=chosen, name=name, pcode=None, by_language={}, valid_from=None, valid_to=None,
        type=None, population=None, population_note=None, level=None, dissolve=False,
    )  # fmt: skip


def _own(found: dict[str, str]) -> Columns:
    return Columns(
        id=found["district_id"],
        name=found.get("name"),
        pcode=found.get("pcode"),
        by_language=_languages(found, ("name_{lang}",)),
        valid_from=found.get("valid_from"),
        valid_to=found.get("valid_to"),
        type=found.get("type"),
        population=found.get("population"),
        population_note=found.get("population_note"),
        level=None,
        dissolve=False,
    )


def _languages(found: dict[str, str], templates: tuple[str, ...]) -> dict[str, str]:
    pairs = ((lang, t.format(lang=lang)) for t in templates for lang in LANGUAGES)
    return {lang: found[column] for lang, column in pairs if column in found}


def _bad(reasons: list[str], names: Sequence[str]) -> InvalidInput:
    listed = ", ".join(list(names)[:40])
    return InvalidInput(
        f"The boundary file's columns are not clear: {'; '.join(reasons)}. It has: {listed}.",
        code="bad-boundaries",
        details=[{"field": "columns", "row": None, "reason": r} for r in reasons],
    )
