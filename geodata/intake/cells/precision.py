"""How exactly a file says its points are known, in words: *exact*, *town*, *province centroid*."""

from geodata.wording import plain

_NOT = frozenset(["not", "no", "non", "pas", "nao", "нет", "не", "ні", "غير"])
_WORDS = {
    6: "country countrywide national nation pays pais страна страны країна البلد الدولة کشور olke",
    4: "province provincial governorate region regional oblast state admin1 adm1 departement "
    "departamento department provincia estado область области область регион региона край "
    "провинция провинции область محافظة المحافظة ولاية ولایت استان vilayet",
    3: "district county admin2 adm2 municipality municipal rayon raion commune municipio "
    "municipality prefecture cercle territoire distrito район района району муниципалитет "
    "قضاء القضاء مديرية ولسوالی شهرستان",
    5: "vague centroid centroide центроид центроїд estimated",
    2: "approximate approx approximately near nearest nearby settlement town village city "
    "locality community localite ville aproximada aproximado aproximadamente approximatif "
    "approximative pueblo vereda ciudad cidade aldeia povoacao примерно приблизительно "
    "приблизительное приблизно село город місто قرية مدينة قریه روستا تقريبي تقریبی teqribi kend",
    1: "exact exactly gps precise precisely accurate surveyed exacte exacta exacto exata exato "
    "precis точно точное точный точна точне دقيق دقیق deqiq",
}
"""Register's code of precision to words, the widest unit first: a *village in the province of X*
may be anywhere in it."""
_CODES = tuple((code, frozenset(plain(words).split())) for code, words in _WORDS.items())


def precision_of(text: str | None) -> int | None:
    """Give the code of `codes.WHERE_PRECISION` that words say; None where they say none.

    Numbers say none: what 1 means is another system's own.

    Examples
    --------
    >>> precision_of("Province centroid"), precision_of("Nearest town"), precision_of("2")
    (4, 2, None)
    """
    words = set(plain(text or "").split())
    code = next((code for code, known in _CODES if known & words), None)
    return 2 if code == 1 and words & _NOT else code
