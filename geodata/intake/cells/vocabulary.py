"""Words for devices, accidents, activities and statuses (en, az, ru), as the register's codes."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from geodata import codes
from geodata.codes import values_of
from geodata.countries import country_code
from geodata.intake.cells.numbers import each_unique
from geodata.intake.draft import Draft
from geodata.wording import plain, say

_ACCIDENT = {
    "mine": "landmine|land mine|mines|mine explosion|mine accident|mine blast|ap mine|at mine|"
    "mina|mina partlayisi|minaya dusme|мина|подрыв на мине|взрыв мины|мины|"
    "mine antipersonnel|explosion de mine|accident de mine|explosion d une mine|"
    "mina antipersonal|accidente por mina|explosao de mina|acidente com mina|підрив на міні|"
    "вибух міни|міна|لغم|انفجار لغم|انفجار ماین|ماین|مین",
    "demining": "demining accident|mine clearance|clearance accident|minatemizleme|"
    "разминирование|при разминировании|"
    "accident de deminage|accidente de desminado|acidente de desminagem|розмінування|"
    "حادث ازالة الغام",
    "cluster": "cluster munition|cluster munitions|cluster bomb|submunition|cmr|kaset bombasi|"
    "kasetli sursat|кассетный боеприпас|кассетные боеприпасы|"
    "sous munition|sous munitions|arme a sous munitions|submunicion|municion en racimo|"
    "municao de fragmentacao|касетний боєприпас|касетні боєприпаси|قنبلة عنقودية|"
    "ذخائر عنقودية|بمب خوشه ای",
    "uxo_axo": "uxo|axo|erw|unexploded ordnance|abandoned ordnance|explosive remnants of war|"
    "partlamamis herbi sursat|phs|неразорвавшийся боеприпас|нб|впв|erw uxo|uxo axo|"
    "engin non explose|munition non explosee|reg|restes explosifs de guerre|"
    "municion sin explotar|muse|reg uxo|engenho nao detonado|rebentamento de uxo|"
    "нерозірваний боєприпас|внб|вибухонебезпечний предмет|ذخائر غير منفجرة|مخلفات الحرب|"
    "مهمات منفجر نشده",
    "ied": "improvised explosive device|ied explosion|roadside bomb|vbied|rcied|vbied svbied|"
    "unspecified ied|booby trap|suicide vest|el istehsali partlayici|сву|"
    "самодельное взрывное устройство|improvised mine|"
    "eei|engin explosif improvise|aei|artefacto explosivo improvisado|"
    "engenho explosivo improvisado|саморобний вибуховий пристрій|свп|عبوة ناسفة|بمب دست ساز|"
    "ماین کنار جاده",
    "stored_ammunition": "stored ammunition|ammunition depot|depot explosion|unplanned explosion|"
    "anbar partlayisi|взрыв склада",
    "other": "other|shelling|aerial bomb|rocket|artillery|missile|hand grenade|mortar|grenade|"
    "air strike|другое|diger|unspecified explosive|drone strike|rpg|tank shell",
}
_DEVICE = {
    "ap_mine": "ap|apm|ap mine|apl|anti personnel|anti personnel mine|antipersonnel mine|"
    "antipersonnel landmine|piyada eleyhine mina|piyada eleyhine|pem|pmn|pmn 2|ozm 72|pom z|"
    "противопехотная мина|противопехотная|ппм|пмн|"
    "mine antipersonnel|mine anti personnel|mines antipersonnel|map|mina antipersonal|"
    "mina antipersonas|minas antipersonal|map mina|mina antipessoal|mina anti pessoal|"
    "протипіхотна міна|протипіхотна|لغم مضاد للأفراد|لغم ضد الافراد|ألغام مضادة للأفراد|"
    "مین ضد نفر|ماین ضد پرسونل|ماین ضد نفر|ap blast|ap fragmentation",
    "at_mine": "at|atm|at mine|av mine|anti tank|anti tank mine|antitank mine|anti vehicle|"
    "anti vehicle mine|tank eleyhine mina|tank eleyhine|tem|tm 57|tm 62|tm 62m|"
    "противотанковая мина|противотанковая|птм|тм 62|"
    "mine antichar|mine anti char|mines antichar|mine antivehicule|mine anti vehicule|mac|"
    "mina antitanque|mina anti tanque|mina antivehiculo|mina anticarro|mina anti carro|"
    "протитанкова міна|протитанкова|لغم مضاد للدبابات|لغم مضاد للآليات|لغم ضد الدبابات|"
    "مین ضد تانک|ماین ضد تانک|ماین ضد وسایط",
    "mine_unspecified": "mine|mines|landmine|land mine|mina|мина|mine unspecified|unknown mine|"
    "mine terrestre|mina terrestre|minas|міна|міни|لغم|لغم أرضي|الغام|مین|ماین",
    "uxo": "uxo|unexploded ordnance|shell|mortar shell|projectile|rocket uxo|grenade|"
    "hand grenade|"
    "fuze|fuse|mermi|qumbara|partlamamis sursat|снаряд|неразорвавшийся снаряд|граната|"
    "неразорвавшийся боеприпас|erw|"
    "engin non explose|munition non explosee|obus|grenade a main|roquette|"
    "municion sin explotar|muse|granada|proyectil|obus de mortero|engenho nao detonado|"
    "obus nao detonado|снаряд|міна мінометна|граната|нерозірваний снаряд|"
    "нерозірваний боєприпас|ذخيرة غير منفجرة|قذيفة|قنبلة|مهمات منفجر نشده|هاوان",
    "axo": "axo|abandoned ordnance|abandoned explosive ordnance|брошенный боеприпас|"
    "munition abandonnee|municion abandonada|municao abandonada|ذخائر متروكة",
    "cmr": "cmr|cluster|cluster munition|submunition|bomblet|cluster munition remnant|kaset|"
    "kaset bombasi|cluster bomb|кассетный боеприпас|суббоеприпас|"
    "sous munition|sous munitions|bombe a sous munitions|submunicion|municion en racimo|"
    "submunicao|касетний боєприпас|касетний елемент|قنبلة عنقودية|ذخيرة عنقودية|بمب خوشه ای",
    "improvised_mine": "improvised mine|victim operated ied|vo ied|pressure plate ied|"
    "improvised landmine|самодельная мина|elde qayrilmis mina|"
    "mine artisanale|mine improvisee|engin explosif improvise declenche par la victime|"
    "mina improvisada|mina artesanal|mina antipersonal improvisada|mina hechiza|"
    "map improvisada|саморобна міна|لغم مرتجل|ماین تعبیه شده|pressure plate|victim operated",
    "ied_other": "ied|vbied|rcied|improvised explosive device|roadside bomb|booby trap|сву|"
    "unspecified ied|vbied svbied|"
    "eei|engin explosif improvise|artefacto explosivo improvisado|aei|"
    "engenho explosivo improvisado|саморобний вибуховий пристрій|свп|عبوة ناسفة|بمب دست ساز|"
    "ماین کنار جاده",
    "stored_ammunition": "stored ammunition|ammunition|ammunition depot|sursat anbari|боеприпасы",
    "unknown": "other|explosive|explosion|unspecified explosive|другое|diger",
}
_ACTIVITY = {
    "farming": "farming|agriculture|cultivating|ploughing|plowing|harvest|tractor|ekincilik|"
    "teserrufat|torpaq isleri|земледелие|сельскохозяйственные работы|пахота|"
    "agriculture|travaux agricoles|culture|labour|agricultura|labores agricolas|cultivo|"
    "lavoura|сільськогосподарські роботи|оранка|الزراعة|فلاحة|زراعت|دهقانی",
    "herding": "herding|grazing|tending animals|shepherd|livestock|coban|mal qara otarmaq|"
    "heyvan otarma|выпас скота|пастьба|"
    "elevage|gardiennage du betail|pastoreo|ganaderia|pastoricia|випас худоби|الرعي|"
    "رعي الأغنام|چوپانی|چراندن",
    "gathering": "gathering|collecting wood|collecting food|collecting scrap|wood cutting|"
    "mushrooms|odun yigma|toplama|сбор|сбор дров|сбор металлолома|"
    "collecte de bois|cueillette|ramassage|recoleccion|recoleccion de lena|recolha de lenha|"
    "збирання|збір дров|جمع الحطب|جمع کردن هیزم",
    "travel_foot": "walking|on foot|travel foot|passing|piyada|пешком|ходьба|"
    "a pied|marche|caminando|a pie|caminhando|пішки|سيرا على الأقدام|پیاده",
    "travel_vehicle": "driving|vehicle|travelling|traveling|travel vehicle|car|truck|"
    "avtomobil|neqliyyat|на автомобиле|в автомобиле|проезд|транспорт|"
    "en vehicule|vehicule|conduite|en vehiculo|conduciendo|em veiculo|на транспорті|سيارة|"
    "مركبة|موتر|رانندگی",
    "construction": "construction|road works|building|tikinti|строительство",
    "playing": "playing|play|children playing|oynama|игра|играли|"
    "jeu|jouer|jugando|juego|brincando|гра|لعب|اللعب|بازی",
    "tampering": "tampering|handling|dismantling|tampering with ordnance|qurdalama|"
    "разборка боеприпаса|"
    "manipulation|manipulacion|manuseamento|manipulacao|العبث|دستکاری",
    "search_recovery": "search|search and recovery|search recovery|search for missing|axtaris|"
    "поиск|поиск пропавших",
    "demining": "demining|clearance|mine clearance|minatemizleme|разминирование",
    "military": "military|combat|patrol|military duty|patrolling|herbi|herbi xidmet|"
    "военная служба|патрулирование",
    "other": "other|другое|diger",
}
_STATUS = {
    "draft": "draft|new|open|pending|qaralama|черновик|новый",
    "verified": "verified|confirmed|approved|closed|tesdiq edilib|tesdiqlenib|подтвержден|"
    "подтверждено",
    "disputed": "disputed|unconfirmed|contested|mubahiseli|спорный",
}
_SENSITIVITY = {
    "public": "public|open|aciq|открыто|открытый",
    "restricted": "restricted|confidential|internal|closed|mexfi|gizli|закрытый|ограничено",
}
_METHOD = {
    "gps": "gps|gnss|handheld gps|gps reading",
    "digitised": "digitised|digitized|map|from map|imagery|satellite image|xerite|карта",
    "gazetteer": "gazetteer|place name|settlement|village",
    "district": "district|centroid|rayon|район",
}


def _index(words: Mapping[str, str], code_list: object) -> dict[str, str]:
    index = {plain(code): code for code in values_of(code_list)}
    for code, spelled in words.items():
        for word in spelled.split("|"):
            index.setdefault(plain(word), code)
    return index


VOCABULARY: Mapping[str, dict[str, str]] = {
    "accident_type": _index(_ACCIDENT, codes.AccidentType),
    "device": _index(_DEVICE, codes.Device),
    "activity": _index(_ACTIVITY, codes.Activity),
    "record_status": _index(_STATUS, codes.RecordStatus),
    "sensitivity": _index(_SENSITIVITY, codes.Sensitivity),
    "coordinate_method": _index(_METHOD, codes.CoordinateMethod),
    "date_basis": _index({}, codes.DateBasis),
}
"""Field to its index of words in `plain` form."""

_TEXT_RULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "cluster|submunition|kaset|кассетн",
        r"cluster (munition|bomb|bomblet)|submunition|kaset bomba|кассетн",
        "cluster",
        "cmr",
    ),
    (
        "personnel|piyada|противопехотн",
        r"anti personnel (land)?mine|piyada eleyhine|противопехотн",
        "mine",
        "ap_mine",
    ),
    (
        "tank|vehicle|противотанков",
        r"anti (tank|vehicle) (land)?mine|tank eleyhine|противотанков",
        "mine",
        "at_mine",
    ),
    (
        "improvised|pressure",
        r"improvised (land)?mine|pressure plate",
        "ied",
        "improvised_mine",
    ),
    (
        "ied|improvised|roadside|booby|remote|самодельн",
        (
            r"\bv?b?ieds?\b|improvised explosive|roadside bomb|booby trap|remote controlled bomb|"
            r"самодельн\w* взрывн"
        ),
        "ied",
        "ied_other",
    ),
    (
        "uxo|erw|unexploded|partlamamis|неразорвавш",
        r"\buxos?\b|\berw\b|unexploded|partlamamis|неразорвавш",
        "uxo_axo",
        "uxo",
    ),
    ("land", r"land ?mines?\b", "mine", "mine_unspecified"),
    (
        "mine|mina|мине|мины",
        (
            r"(?<!gold )(?<!coal )(?<!diamond )(?<!copper )(?<!iron )(?<!salt )"
            r"\bmines? (blasts?|explosions?|explod\w+|went off|detonat\w+|planted|kill\w*|injur\w*|"
            r"wound\w*|hit\w*|accidents?|victims?)|"
            r"(stepp?ed|drove|trod|ran) (on|over|onto) (a|an|the) mine|"
            r"\bmina(ya|nin)? (dus\w+|partla\w+)|подорва\w+ на мине|взрыв\w* мины"
        ),
        "mine",
        "mine_unspecified",
    ),
)
"""Words of which a text holds one, the pattern that its `plain` form fits, accident and device;
of patterns the first counts."""
_Rule = tuple[tuple[str, ...], re.Pattern[str], str, str]
_RULES: tuple[_Rule, ...] = tuple(
    (tuple(words.split("|")), re.compile(rule), accident, device)
    for words, rule, accident, device in _TEXT_RULES
)


_LANDMINE = next(rule for rule in _RULES if rule[0] == ("land",))
_RULES_OF = {
    word: tuple(place for place, rule in enumerate(_RULES) if word in rule[0])
    for rule in _RULES
    for word in rule[0]
}


def kind_in_text(text: str) -> tuple[str, str] | None:
    """Find explosive ordnance named in a headline or a narrative.

    Accident type and device of the first rule that fits; None where none does, which does not say
    that no ordnance was involved.

    Examples
    --------
    >>> kind_in_text("Five killed as bus hits landmine")
    ('mine', 'mine_unspecified')
    """
    return kinds_in_texts([text])[0]


def kinds_in_texts(texts: Sequence[str]) -> list[tuple[str, str] | None]:
    """Find explosive ordnance named in each of many texts (see `kind_in_text`)."""
    # Patterns are slow and most texts name nothing: the words of a rule are looked for first, and
    # before that in all texts at once.
    together = "\0".join(texts)
    if together.isascii() and together.count("\0") == len(texts) - 1:
        together = together.lower()
        shown = together.split("\0")
    else:
        shown = [text.lower() if text.isascii() else plain(text) for text in texts]
        together = "\0".join(shown)
    words = [word for word in _RULES_OF if word in together]
    found: list[tuple[str, str] | None] = []
    for text, one in zip(texts, shown, strict=True):
        held = tuple([word for word in words if word in one])
        found.append(_kind(text, one, _rules_of(held)) if held else None)
    return found


@lru_cache(maxsize=1_000)
def _rules_of(words: tuple[str, ...]) -> "list[_Rule]":
    return [_RULES[place] for place in sorted({p for word in words for p in _RULES_OF[word]})]


def _kind(text: str, shown: str, rules: "list[_Rule]") -> tuple[str, str] | None:
    if rules[0] is _LANDMINE and _LANDMINE[1].search(shown):
        return _LANDMINE[2:]
    folded = plain(text)
    return next(((a, d) for _, rule, a, d in rules if rule.search(folded)), None)


def vocabulary(draft: Draft, name: str) -> list[str | None]:
    """Read a column of words by the field's code list.

    Codes; None where blank or not known.

    Parameters
    ----------
    draft
        The chunk; unknown words are reported with their number. An unknown sensitivity counts
        as restricted, an unknown status as not stated: nothing is published or verified by it.
    """
    index = VOCABULARY[name]

    def _one(text: str) -> str:
        word = plain(text)
        code = index.get(word)
        if code is None and name in ("accident_type", "device"):
            found = kind_in_text(text)
            code = found[name == "device"] if found else None
        if code is None:
            raise ValueError(
                say(
                    "{text!r} is none of {values}",
                    text=text[:60],
                    values=", ".join(sorted(set(index.values()))),
                )
            )
        return code

    return read_codes(draft, name, _one, unknown="restricted" if name == "sensitivity" else None)


def read_codes(
    draft: Draft, name: str, read: Callable[[str], str], *, unknown: str | None = None
) -> list[str | None]:
    """Read the column of a field cell by cell; a cell that cannot be read is warned of.

    Parameters
    ----------
    read
        Gives the value of a cell's text; raises `ValueError` where it has none.
    unknown
        What stands for a cell that cannot be read.
    """
    if not draft.has(name):
        return [None] * len(draft)
    raw = draft.raw(name)
    found, bad = each_unique(raw, read, None)
    for place in bad:
        draft.not_understood(name, str(raw[place]))
        found[place] = unknown
    return found


def country_codes(draft: Draft) -> list[str | None]:
    """Read the column of countries as ISO 3166-1 alpha-2; unknown ones are warned of."""

    def _one(text: str) -> str:
        code = country_code(text)
        if code is None:
            raise ValueError(say("{text!r} is not known as a country", text=text[:60]))
        return code

    return read_codes(draft, "country", _one)
