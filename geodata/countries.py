"""Countries: what a name or code means, and which country a shape lies in.

Names are CLDR's in the languages of mine action, the long names of the United Nations and
HDX, and the spellings of event catalogues; a country is its ISO 3166-1 alpha-2 code.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files

import geopandas as gpd
import numpy as np
import shapely

from geodata.deferred import babel
from geodata.wording import plain

_LANGUAGES = (
    "en", "az", "ru", "tr", "fr", "es", "pt", "ar", "uk", "fa", "fa_AF", "ps", "hy", "ka", "de",
    "it", "km", "lo", "vi", "bs", "hr", "sr", "sq", "my", "ku", "so", "sw", "zh",
)  # fmt: skip

# Official long forms, and the forms of HDX, UCDP, ACLED and the press, that no rule below makes.
_SPELLINGS = {
    "AE": "uae|emirates|united arab emirates the",
    "AF": "islamic emirate of afghanistan",
    "AG": "antigua barbuda",
    "AM": "armenia republic of",
    "BA": "bosnia|bosnia herzegovina|bosnia and hercegovina|bosna i hercegovina|bih",
    "BN": "brunei darussalam|nation of brunei abode of peace",
    "BO": "plurinational state of bolivia|bolivia plurinational state of",
    "CD": "drc|dr congo|dr congo zaire|dem rep congo|dem rep of congo|dem rep of the congo|"
    "democratic republic of congo|democratic republic of the congo|congo dr|congo drc|"
    "congo democratic republic of the|congo democratic republic of|congo kinshasa|zaire|rdc|"
    "rd congo|republique democratique du congo|republica democratica do congo|"
    "republica democratica del congo|демократическая республика конго|"
    "демократична республіка конго|جمهورية الكونغو الديمقراطية",
    "CF": "car|rca|central african rep|republique centrafricaine|centrafrique",
    "CG": "congo|republic of congo|republic of the congo|congo republic|congo republic of|"
    "congo rep|congo republic of the|congo brazzaville|republique du congo|republica do congo|"
    "republica del congo|республика конго",
    "CI": "ivory coast|cote d ivoire|cote divoire|republic of cote d ivoire",
    "CN": "people s republic of china|peoples republic of china|prc|mainland china",
    "CV": "cape verde|cabo verde",
    "CZ": "czech republic|czechia",
    "DE": "federal republic of germany",
    "DO": "dominican rep",
    "EH": "western sahara|sahrawi arab democratic republic|saharawi arab democratic republic",
    "FK": "falkland islands malvinas|malvinas",
    "FM": "federated states of micronesia|micronesia federated states of",
    "FR": "french republic",
    "GB": "uk|great britain|britain|united kingdom of great britain and northern ireland|"
    "u k of great britain and northern ireland|england",
    "GM": "the gambia|gambia the",
    "GN": "republic of guinea|guinea republic of",
    "GQ": "republic of equatorial guinea|equatorial guinea",
    "GR": "hellenic republic",
    "GW": "guinea bissau",
    "HK": "china hong kong special administrative region|hong kong",
    "IR": "islamic republic of iran|iran islamic republic of|iran islamic rep",
    "IT": "italian republic",
    "KG": "kyrgyz republic|kirghizia|kirgizstan",
    "KH": "cambodia kampuchea|kampuchea",
    "KN": "saint kitts and nevis|st kitts and nevis",
    "KP": "dprk|north korea|democratic people s republic of korea|"
    "democratic peoples republic of korea|korea democratic people s republic of|"
    "korea dem people s rep|dem people s rep of korea|dem people s republic of korea|korea north",
    "KR": "south korea|republic of korea|korea republic of|korea rep|rok|korea south|korea",
    "LA": "laos|lao|lao pdr|lao people s democratic republic|lao peoples democratic republic|"
    "lao people s dem rep|lao people s dr",
    "LB": "lebanese republic",
    "LC": "saint lucia|st lucia",
    "LY": "libyan arab jamahiriya|state of libya|libya arab jamahiriya",
    "MD": "moldova republic of|rep of moldova|republic of moldova",
    "MG": "madagascar malagasy",
    "MK": "macedonia|macedonia fyr|fyrom|the former yugoslav republic of macedonia|"
    "former yugoslav republic of macedonia|fyr of macedonia|tfyr macedonia|"
    "macedonia the former yugoslav republic of|macedonia former yugoslav republic of",
    "MM": "burma|myanmar|myanmar burma|burma myanmar|union of myanmar",
    "MO": "china macao special administrative region|macao|macau",
    "NL": "holland|kingdom of the netherlands|netherlands kingdom of the",
    "PL": "republic of poland",
    "PS": "palestine|opt|state of palestine|palestine state of|occupied palestinian territory|"
    "occupied palestinian territories|palestinian territory|palestinian territory occupied|"
    "palestinian authority|west bank and gaza|west bank and gaza strip|gaza|gaza strip|west bank|"
    "palestinian territories occupied|occupied palestinian territory including east jerusalem",
    "RO": "rumania",
    "RS": "serbia yugoslavia|serbia republic of",
    "RU": "russia|russian federation|russia soviet union|rf",
    "SD": "republic of sudan|sudan republic of|republic of the sudan",
    "SK": "slovak republic",
    "SS": "south sudan|s sudan",
    "ST": "sao tome and principe",
    "SY": "syria|syrian arab republic|syrian arab rep|syrian ar",
    "SZ": "swaziland|kingdom of e swatini swaziland|kingdom of eswatini swaziland|e swatini|"
    "eswatini|kingdom of eswatini|swaziland eswatini|eswatini swaziland",
    "TL": "east timor|timor leste|democratic republic of timor leste",
    "TR": "turkey|turkiye|türkiye",
    "TW": "taiwan|republic of china|taiwan province of china|taiwan republic of china|"
    "chinese taipei",
    "TZ": "united republic of tanzania|tanzania united republic of|united rep of tanzania|"
    "tanzania united rep",
    "UA": "украина|україна",
    "US": "usa|us|u s a|u s|united states|united states of america|america",
    "UY": "oriental republic of uruguay",
    "VA": "holy see|vatican|vatican city state|vatican city",
    "VC": "saint vincent and the grenadines|st vincent and the grenadines|"
    "saint vincent the grenadines",
    "VE": "bolivarian republic of venezuela|venezuela bolivarian republic of|"
    "venezuela bolivarian rep of",
    "VN": "viet nam|vietnam|vietnam north vietnam|socialist republic of viet nam|"
    "vietnam republic of|north vietnam",
    "XK": "kosovo|kosovo unscr 1244|kosovo under unscr 1244|kosova",
    "YE": "republic of yemen|yemen rep|yemen republic of|yemen|yemen north yemen|north yemen|"
    "yemen arab republic",
    "ZW": "zimbabwe rhodesia|rhodesia",
}  # fmt: skip
_STYLE = re.compile(
    r"^(?:(?:islamic|democratic|people s|peoples|socialist|federal|federative|arab|united|"
    r"plurinational|bolivarian|hashemite|co operative|cooperative|independent|grand|sovereign|"
    r"oriental|rep|dem) )*(?:republic|rep|kingdom|state|states|duchy|principality|sultanate|"
    r"commonwealth|federation|union|emirate|nation) of (.+)$"
)
# bounded: without, each word of a long name would be begun from anew
_STYLE_AFTER = re.compile(
    r"^(.+?) (?:(?:islamic|democratic|people s|federal|federative|united|arab|socialist|"
    r"plurinational|bolivarian|hashemite|co operative|independent|rep|dem) ){0,8}"
    r"(?:republic|rep|kingdom|state|states|sultanate|federation|union)(?: of)?$"
)
_STYLE_ROMANCE = re.compile(
    r"^(?:republi(?:que|ca)|royaume|reino|etat|estado|republica) (?:\w+ ){0,2}?"
    r"(?:de la|de las|de los|de|du|do|da|del|des|dos|das|d|l) (.+)$"
)
_SHARED = frozenset({"congo", "korea", "china", "macedonia", "guinea", "sudan", "yemen", "germany",
                     "vietnam", "viet nam"})  # fmt: skip
"""Names that more than one state has borne with another style: only `_SPELLINGS` decides."""
FILED_UNDER = {"PS": "IL", "XK": "RS", "EH": "MA", "TW": "CN", "SS": "SD"}
"""Lists of states that do not hold the first (Gleditsch and Ward's) file its events under the
second: such a row is not foreign where a point lies in the first."""
_CODE = re.compile(r"^\s*([A-Za-z]{2})(?:-|\d{2,})|^\s*([A-Za-z]{3})[-_.]?\d{1,2}\b")
_LEAST_SHARE = 0.7
"""Of the districts that must lie in one country for it to be theirs."""


def country_code(text: str) -> str | None:
    """Give the alpha-2 code of a name, an alpha-2, alpha-3 or numeric code.

    Parameters
    ----------
    text
        e.g. ``Azerbaijan``, ``AZE``, ``31``, ``Азербайджан``, ``Iran (Islamic Republic of)``.

    Examples
    --------
    >>> country_code("Azərbaycan"), country_code("AZE"), country_code("31.0")
    ('AZ', 'AZ', 'AZ')
    >>> country_code("Iran (Islamic Republic of)"), country_code("Congo")
    ('IR', 'CG')
    """
    text = text.strip()
    number = text.removesuffix(".0")
    if number.isdecimal():
        return _usual().get(number.zfill(3)) if len(number) <= 3 else None
    name = _bare(text)
    usual = _usual().get(name)
    return usual or _index().get(name) or _styled(name, _index())


def _bare(text: str) -> str:
    # Lists write "Congo (the)" and "the Congo"; the article tells no country apart.
    return " ".join(word for word in plain(text).split() if word != "the") or plain(text)


def _styled(name: str, index: dict[str, str]) -> str | None:
    for pattern in (_STYLE, _STYLE_AFTER, _STYLE_ROMANCE):
        found = pattern.match(name)
        if found and found[1] not in _SHARED and len(found[1]) > 3 and found[1] in index:
            return index[found[1]]
    return None


def country_of_code(code: str) -> str | None:
    """Read the country off a place code: ISO 3166-2 (``AZ-AGM``) or a P-code (``AF2702``).

    Examples
    --------
    >>> country_of_code("AF2702"), country_of_code("AZ-AGM"), country_of_code("17")
    ('AF', 'AZ', None)
    """
    found = _CODE.match(code)
    if not found:
        return None
    known = _usual().get((found[1] or found[2]).lower())
    return known if known and (found[2] or known == found[1].upper()) else None


_WITHDRAWN = frozenset({"BUR", "ZAR", "DDR", "FXX", "TMP", "YMD"})
"""Alpha-3 codes that states bore before."""


def iso3_of(code: str) -> str | None:
    """Give the alpha-3 code of an alpha-2 code; None where there is none.

    Examples
    --------
    >>> iso3_of("AZ"), iso3_of("MM"), iso3_of("??")
    ('AZE', 'MMR', None)
    """
    return _iso3().get(code.upper())


@cache
def _iso3() -> dict[str, str]:
    return {
        targets[0]: alias
        for alias, targets in babel.core.get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(targets) == 1 and alias not in _WITHDRAWN
    }


@cache
def _usual() -> dict[str, str]:
    """Index codes, and the names that most files use: enough, nine times of ten."""
    return _indexed(_LANGUAGES[:1])


@cache
def _index() -> dict[str, str]:
    return _indexed(_LANGUAGES)


def _indexed(languages: Sequence[str]) -> dict[str, str]:
    index: dict[str, str] = {}
    for alias, targets in babel.core.get_global("territory_aliases").items():
        if len(targets) == 1 and len(targets[0]) == 2 and len(alias) == 3:
            index[alias.lower()] = targets[0]
    for language in languages:
        for code, name in babel.Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "ZZ", "EZ", "QO"):
                index.setdefault(code.lower(), code)
                index.setdefault(_bare(name), code)
                bare = _bare(re.sub(r"\([^()]*\)", " ", name))
                index.setdefault(bare, code)
                index.setdefault(_bare(name.replace("&", " and ")), code)
    for code, names in _SPELLINGS.items():
        index |= {_bare(name): code for name in names.split("|")}
    return index


@cache
def _outlines() -> gpd.GeoDataFrame:
    with as_file(files("geodata") / "data" / "countries.parquet") as path:
        return gpd.read_parquet(path)


def countries_of_shapes(shapes: np.ndarray) -> list[str | None]:
    """Tell the country of each shape by the outlines that its inner point lies in.

    Alpha-2 codes. Where at least seven in ten of the shapes lie in one country, or no other country
    holds any, all are its: outlines are coarse, small units on a border fall on the wrong side, and
    small islands into the sea.

    Parameters
    ----------
    shapes
        Geometries in WGS 84, lon lat; None gives None.
    """
    outlines = _outlines()
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    found: list[str | None] = [None] * len(shapes)
    if not len(known):
        return found
    points = shapely.point_on_surface(shapes[known])
    inside, country = outlines.sindex.query(points, predicate="intersects")
    codes = outlines["country"].to_numpy(dtype=object)
    for position, code in zip(known[inside].tolist(), codes[country].tolist(), strict=True):
        found[position] = code
    # What only touches a coast has its middle in the sea.
    afloat = np.array([i for i in known.tolist() if found[i] is None], dtype=np.int64)
    near, country = outlines.sindex.query(shapes[afloat], predicate="intersects")
    for position in np.unique(near).tolist():
        of = set(codes[country[near == position]].tolist())
        found[afloat[position]] = of.pop() if len(of) == 1 else None
    counted = [code for code in found if code]
    top = max(set(counted), key=counted.count) if counted else None
    alone = len(set(counted)) == 1
    if top is not None and (alone or counted.count(top) >= _LEAST_SHARE * len(known)):
        return [top] * len(shapes)
    return found
