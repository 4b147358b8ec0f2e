"""Countries as people write them, to ISO 3166-1 alpha-2 (names from CLDR)."""

from functools import cache

from babel import Locale
from babel.core import get_global

from geodata.intake.cells.wording import plain

_LANGUAGES = ("en", "az", "ru", "tr", "fr")
_SPELLINGS = {
    "opt": "PS", "occupied palestinian territory": "PS", "palestine": "PS", "drc": "CD",
    "democratic republic of congo": "CD", "dr congo zaire": "CD", "congo": "CG",
    "ivory coast": "CI", "burma": "MM", "myanmar burma": "MM", "yemen north yemen": "YE",
    "russia soviet union": "RU", "cambodia kampuchea": "KH", "serbia yugoslavia": "RS",
    "bosnia herzegovina": "BA", "macedonia": "MK", "macedonia fyr": "MK", "swaziland": "SZ",
    "kingdom of e swatini swaziland": "SZ", "united states of america": "US", "usa": "US",
    "uk": "GB", "turkey": "TR", "rumania": "RO", "madagascar malagasy": "MG",
    "zimbabwe rhodesia": "ZW", "vietnam north vietnam": "VN", "kosovo": "XK",
    "syrian arab republic": "SY", "russian federation": "RU", "car": "CF",
}  # fmt: skip


def country_code(text: str) -> str | None:
    """Give the alpha-2 code of a name, an alpha-2, alpha-3 or numeric code.

    Parameters
    ----------
    text
        e.g. ``Azerbaijan``, ``AZE``, ``31``, ``Азербайджан``.

    Returns
    -------
    str or None
        None where it is not known.

    Examples
    --------
    >>> country_code("Azərbaycan"), country_code("AZE"), country_code("31")
    ('AZ', 'AZ', 'AZ')
    """
    text = text.strip()
    index = _index()
    if text.isdecimal() and len(text) <= 3:
        return index.get(text.zfill(3))
    return index.get(plain(text))


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for alias, targets in get_global("territory_aliases").items():
        if len(targets) == 1 and len(targets[0]) == 2 and (len(alias) == 3):
            index[alias.lower()] = targets[0]
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "ZZ"):
                index.setdefault(code.lower(), code)
                index.setdefault(plain(name), code)
    return index | _SPELLINGS
