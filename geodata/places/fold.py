"""Spellings of place names brought to one form.

`fold` is the form that names are compared in; `sound` goes further and writes alike what
transliterations spell apart; `stems` undoes the endings that grammar adds.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Hint = Literal["district", "city", "village"]

_LETTERS = str.maketrans(
    {
        "ə": "e", "ǝ": "e", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ӏ": "", "æ": "ae", "œ": "oe",
        "ъ": "",
    }
)  # fmt: skip
_APOSTROPHES = re.compile("['’‘ʻʼʹ′`´\"ʿʾ՚ˈ“”«»]")
_GAPS = re.compile(r"[\W_]+")

_WORDS: dict[Hint, str] = {
    "district": (
        "district districts subdistrict region rayon raion rayonu rayonun rayonunda rayonunun "
        "rayonundan rayonuna province county area oblast ilcesi "
        "prefecture subprefecture department departement governorate muhafazat muhafaza wilaya "
        "wilayat velayat velayati canton cercle territoire woreda kebele upazila zila zilla tehsil "
        "division state krai okrug hromada voivodeship commune arrondissement nahiya qada "
        "provincia departamento municipio distrito municipality estado comarca concelho "
        "район района районе районом району раион области область обл край округ "
        "громада громади "
        "محافظة محافظه مديرية مديريه منطقة منطقه ناحية قضاء ولاية ولايه "
        "ولسوالی ولسوالي ولایت ولايت "
        "شهرستان استان بخش "
        "շրջան շրջանի շրջանում մարզ մարզի"
    ),
    "city": (
        "city town seher seheri seherinde seherinin sheheri sehri ville ciudad cidade "
        "город города городе городом г місто міста м "
        "مدينة مدينه شهر "
        "քաղաք քաղաքի քաղաքում"
    ),
    "village": (
        "village settlement township kend kendi kendinde kendinin qesebe qesebesi qesebesinde koyu "
        "aldeia aldea pueblo "
        "село села селе с поселок поселка поселке пос деревня деревни деревне селище смт "
        "قرية قريه "
        "գյուղ գյուղի գյուղում"
    ),
}
_FILLERS = frozenset({"the", "of", "in", "в", "во"})
_AFTER_KIND = frozenset({"de", "du", "del", "da", "do", "des", "d", "l"})
"""Words that part a kind of unit from its name: *Département de la Lobaye*, *Província do Bié*."""
_SHORT = {
    "sub prefecture": "subprefecture",
    "sous prefecture": "subprefecture",
    "sub district": "subdistrict",
    "sub county": "district",
    "economic region": "region",
    "iqtisadi rayonu": "rayonu",
    "iqtisadi rayon": "rayon",
    "экономическии раион": "раион",
    "r nu": "rayonu",
    "r n": "rayon",
    "р н": "раион",
    "р не": "раионе",
    "р на": "раиона",
}


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Write a name without case, diacritics, apostrophes and punctuation.

    Words of letters and digits, one blank apart; suffix words are kept.
    """
    lowered = unicodedata.normalize("NFKD", text.casefold())
    lowered = "".join(c for c in lowered if not unicodedata.combining(c)).casefold()
    lowered = _APOSTROPHES.sub("", lowered.translate(_LETTERS))
    words = _GAPS.sub(" ", lowered).strip()
    for short, full in _SHORT.items():
        if words.startswith(f"{short} "):
            words = f"{full}{words.removeprefix(short)}"
        if words.endswith(f" {short}"):
            words = f"{words.removesuffix(short)}{full}"
    return words


_HINTS: dict[str, Hint] = {
    plain(word): hint for hint, words in _WORDS.items() for word in words.split()
}


@lru_cache(maxsize=65_536)
def split(text: str) -> tuple[str, Hint | None]:
    """Part a name from the words that say what kind of place it is.

    The folded name and the kind its words hint at, e.g. ``("agdam", "district")``.
    """
    words = plain(text).split()
    start, stop, hint = 0, len(words), None
    while stop > start and (words[stop - 1] in _HINTS or words[stop - 1] in _FILLERS):
        hint = hint or _HINTS.get(words[stop - 1])
        stop -= 1
    while start < stop and (
        words[start] in _HINTS
        or words[start] in _FILLERS
        or (start and (words[start] in _AFTER_KIND or words[start - 1 : start + 1] == ["de", "la"]))
    ):
        hint = hint or _HINTS.get(words[start])
        start += 1
    if start == stop:
        return " ".join(words), None
    return " ".join(words[start:stop]), hint


def fold(text: str) -> str:
    """Bring a name to the form that names are compared in.

    Case, diacritics, apostrophes, punctuation and words such as *district*, *rayonu*,
    *район* or *city* at either end go; a name that is nothing but such words stays.

    The folded name; folding it again changes nothing.

    Examples
    --------
    >>> fold("Ağdam rayonu"), fold("Агдамский район")
    ('agdam', 'агдамскии')
    """
    return split(text)[0]


_CYRILLIC = str.maketrans("абвгдежзийклмнопрстуфхцчшщыэюя", "abvgdejziiklmnoprstufhscssieua", "ь")
_SOUNDS = (
    ("dzh", "c"), ("dj", "c"), ("tch", "c"), ("zh", "c"), ("kh", "h"), ("gh", "g"), ("ch", "c"),
    ("sh", "s"), ("ou", "u"), ("oe", "o"), ("ue", "u"), ("ae", "e"), ("x", "h"), ("q", "g"),
    ("j", "c"), ("w", "v"), ("y", "i"), ("e", "a"), ("k", "g"), ("d", "t"), ("o", "u"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")


def sound(folded: str) -> str:
    """Write alike what transliterations spell apart: *Khodzhavend*, *Xocavend*, *Hocavend*.

    A rough key; different names may share one.
    """
    text = folded.replace(" ", "").replace("дж", "c").translate(_CYRILLIC)
    for spelling, letter in _SOUNDS:
        text = text.replace(spelling, letter)
    return _DOUBLED.sub(r"\1", text)


_ADJECTIVE = re.compile(r"ск(ии|ого|ому|ом|им|ая|ои|ую|ое)$")
_RUSSIAN_END = re.compile(r"[аеиоуыэюяь]+$")
_LATIN_END = re.compile(r"(?:n[iu]n|n?d[ae]ki|n?d[ae]n|n?d[ae]|[iu]n|y[ae]|n[ae])$")
# The n before an ending may be the name's own: Zəngilanda, but Kəlbəcərində.
_SHORT_LATIN_END = re.compile(r"(?:d[ae]ki|d[ae]n|d[ae]|[iu]n|[ae])$")
_ARMENIAN_END = re.compile(r"(?:ում|ից|ի|ը|ն)$")


def stems(folded: str) -> list[str]:
    """Undo the endings of grammar: *Агдамский*, *в Агдаме*, *Ağdamda*.

    What may be the stem, likeliest first; Russian stems without final vowels, as `russian_stem`
    gives them. Empty where no ending is known.
    """
    if not folded:
        return []
    if "а" <= folded[-1] <= "я":
        root = _ADJECTIVE.sub("", folded)
        roots = [root]
        if root != folded:
            roots += [root.removesuffix("ин"), root.removesuffix("н"), root.removesuffix("ен")]
        found = [russian_stem(r) for r in roots]
    elif "ա" <= folded[-1] <= "և":
        found = [_ARMENIAN_END.sub("", folded)]
    else:
        found = [_LATIN_END.sub("", folded), _SHORT_LATIN_END.sub("", folded)]
    return [s for s in dict.fromkeys(found) if len(s) >= 3 and s != folded]


def russian_stem(folded: str) -> str:
    """Drop the final vowels and soft sign of a Russian name."""
    return _RUSSIAN_END.sub("", folded)
