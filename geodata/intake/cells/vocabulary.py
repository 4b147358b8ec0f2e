"""Words for devices, accidents, activities and statuses (en, az, ru), as the register's codes."""

import re
from collections.abc import Mapping

from geodata import codes
from geodata.codes import values_of
from geodata.wording import plain

_ACCIDENT = {
    "mine": "landmine|land mine|mines|mine explosion|mine accident|mine blast|ap mine|at mine|"
    "mina|mina partlayisi|minaya dusme|мина|подрыв на мине|взрыв мины|мины",
    "demining": "demining accident|mine clearance|clearance accident|minatemizleme|"
    "разминирование|при разминировании",
    "cluster": "cluster munition|cluster munitions|cluster bomb|submunition|cmr|kaset bombasi|"
    "kasetli sursat|кассетный боеприпас|кассетные боеприпасы",
    "uxo_axo": "uxo|axo|erw|unexploded ordnance|abandoned ordnance|explosive remnants of war|"
    "partlamamis herbi sursat|phs|неразорвавшийся боеприпас|нб|впв|erw uxo|uxo axo",
    "ied": "improvised explosive device|ied explosion|roadside bomb|vbied|rcied|vbied svbied|"
    "unspecified ied|booby trap|suicide vest|el istehsali partlayici|сву|"
    "самодельное взрывное устройство|improvised mine",
    "stored_ammunition": "stored ammunition|ammunition depot|depot explosion|unplanned explosion|"
    "anbar partlayisi|взрыв склада",
    "other": "other|shelling|aerial bomb|rocket|artillery|missile|hand grenade|mortar|grenade|"
    "air strike|другое|diger|unspecified explosive|drone strike|rpg|tank shell",
}
_DEVICE = {
    "ap_mine": "ap|apm|ap mine|apl|anti personnel|anti personnel mine|antipersonnel mine|"
    "antipersonnel landmine|piyada eleyhine mina|piyada eleyhine|pem|pmn|pmn 2|ozm 72|pom z|"
    "противопехотная мина|противопехотная|ппм|пмн",
    "at_mine": "at|atm|at mine|av mine|anti tank|anti tank mine|antitank mine|anti vehicle|"
    "anti vehicle mine|tank eleyhine mina|tank eleyhine|tem|tm 57|tm 62|tm 62m|"
    "противотанковая мина|противотанковая|птм|тм 62",
    "mine_unspecified": "mine|mines|landmine|land mine|mina|мина|mine unspecified|unknown mine",
    "uxo": "uxo|unexploded ordnance|shell|mortar shell|projectile|rocket uxo|grenade|hand grenade|"
    "fuze|fuse|mermi|qumbara|partlamamis sursat|снаряд|неразорвавшийся снаряд|граната|"
    "неразорвавшийся боеприпас|erw",
    "axo": "axo|abandoned ordnance|abandoned explosive ordnance|брошенный боеприпас",
    "cmr": "cmr|cluster|cluster munition|submunition|bomblet|cluster munition remnant|kaset|"
    "kaset bombasi|cluster bomb|кассетный боеприпас|суббоеприпас",
    "improvised_mine": "improvised mine|victim operated ied|vo ied|pressure plate ied|"
    "improvised landmine|самодельная мина|elde qayrilmis mina",
    "ied_other": "ied|vbied|rcied|improvised explosive device|roadside bomb|booby trap|сву|"
    "unspecified ied|vbied svbied",
    "stored_ammunition": "stored ammunition|ammunition|ammunition depot|sursat anbari|боеприпасы",
    "unknown": "other|explosive|explosion|unspecified explosive|другое|diger",
}
_ACTIVITY = {
    "farming": "farming|agriculture|cultivating|ploughing|plowing|harvest|tractor|ekincilik|"
    "teserrufat|torpaq isleri|земледелие|сельскохозяйственные работы|пахота",
    "herding": "herding|grazing|tending animals|shepherd|livestock|coban|mal qara otarmaq|"
    "heyvan otarma|выпас скота|пастьба",
    "gathering": "gathering|collecting wood|collecting food|collecting scrap|wood cutting|"
    "mushrooms|odun yigma|toplama|сбор|сбор дров|сбор металлолома",
    "travel_foot": "walking|on foot|travel foot|passing|piyada|пешком|ходьба",
    "travel_vehicle": "driving|vehicle|travelling|traveling|travel vehicle|car|truck|"
    "avtomobil|neqliyyat|на автомобиле|в автомобиле|проезд|транспорт",
    "construction": "construction|road works|building|tikinti|строительство",
    "playing": "playing|play|children playing|oynama|игра|играли",
    "tampering": "tampering|handling|dismantling|tampering with ordnance|qurdalama|"
    "разборка боеприпаса",
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

_TEXT_RULES: tuple[tuple[str, str, str], ...] = (
    (r"cluster (munition|bomb|bomblet)|submunition|kaset bomba|кассетн", "cluster", "cmr"),
    (r"anti personnel (land)?mine|piyada eleyhine|противопехотн", "mine", "ap_mine"),
    (r"anti (tank|vehicle) (land)?mine|tank eleyhine|противотанков", "mine", "at_mine"),
    (r"improvised (land)?mine|pressure plate", "ied", "improvised_mine"),
    (
        (
            r"\bv?b?ieds?\b|improvised explosive|roadside bomb|booby trap|remote controlled bomb|"
            r"самодельн\w* взрывн"
        ),
        "ied",
        "ied_other",
    ),
    (r"\buxos?\b|\berw\b|unexploded|partlamamis|неразорвавш", "uxo_axo", "uxo"),
    (
        (
            r"land ?mines?\b|(?<!gold )(?<!coal )(?<!diamond )(?<!copper )(?<!iron )(?<!salt )"
            r"\bmines? (blasts?|explosions?|explod\w+|went off|detonat\w+|planted|kill\w*|injur\w*|"
            r"wound\w*|hit\w*|accidents?|victims?)|"
            r"(stepp?ed|drove|trod|ran) (on|over|onto) (a|an|the) mine|"
            r"\bmina(ya|nin)? (dus\w+|partla\w+)|подорва\w+ на мине|взрыв\w* мины"
        ),
        "mine",
        "mine_unspecified",
    ),
)
_HINT = re.compile(
    r"mine|mina|мин|ied|improvis|bomb|trap|uxo|erw|unexplod|munition|cluster|kaset|pressure|"
    r"[eə]leyhin|partlamam|кассет|противо|самодельн|неразорв",
    re.IGNORECASE,
)
_COMPILED = tuple((re.compile(rule), accident, device) for rule, accident, device in _TEXT_RULES)


def kind_in_text(text: str) -> tuple[str, str] | None:
    """Find explosive ordnance named in a headline or a narrative.

    Parameters
    ----------
    text
        Any text; a gold mine is none.

    Returns
    -------
    tuple or None
        Accident type and device of the first rule that fits; None where none does, which
        does not say that no ordnance was involved.

    Examples
    --------
    >>> kind_in_text("Five killed as bus hits landmine")
    ('mine', 'mine_unspecified')
    """
    # Most texts name none: one cheap look spares them the rules.
    if not _HINT.search(text):
        return None
    folded = plain(text)
    return next(((a, d) for rule, a, d in _COMPILED if rule.search(folded)), None)
