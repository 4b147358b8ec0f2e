"""What all reports write alike, whatever their language: names, and scales of amounts."""

import re

CAPITAL = r"[^\W\d_a-zа-яёəöğıçşüі]"
"""A capital, or a digit."""
_INITIALS = rf"(?!U\.[SKN]\.){CAPITAL}\.(?: ?{CAPITAL}\.)?"
NAME = re.compile(
    rf"(?<![\w-])(?:{_INITIALS} ?{CAPITAL}[\w'’-]{{2,}}+(?: {CAPITAL}[\w'’-]{{2,}}+)?|"
    rf"{CAPITAL}[\w'’-]{{2,}}+ {_INITIALS}(?! ?{CAPITAL}[\w'’-])|{CAPITAL}\. ?{CAPITAL}\.(?! ?\w)|"
    rf"{CAPITAL}[\w'’-]+(?: {CAPITAL}[\w'’-]*\.?){{1,3}})"
    r"(?P<patronymic> (?:oğlu|qızı|oglu|qizi|оглу|оглы|кызы|гызы)\w{0,4})?"
)
"""Two to four words with capitals, or one with initials, or initials alone, and a patronymic."""

AFTER_NAME = re.compile(rf"(?<![\w'’-]){CAPITAL}[\w'’-]++ \w++ of (?:{CAPITAL}\w++['’]s )?$")
"""What *village of* a district follows where the village is named before: *Salahli village of*."""

BEFORE_NAME = re.compile(rf" \w++ of (?P<name>{CAPITAL}[\w'’-]++)")
"""What follows a district named before its village: *the Kalbajar village of Susuzlug*."""

INITIALED = re.compile(rf"(?<![\w.-]){_INITIALS} ?(?P<name>{CAPITAL}[\w'’-]{{2,}})")
"""A name after initials, which is no word for people whatever it looks like."""

PATRONYMIC = re.compile(
    r"(?<![\w])[^\W\d_a-zа-яёəöğıçşü][\w'’-]++ (?P<word>oğlu|qızı|оглу|оглы|кызы|гызы)(?:dur|dır|nun|nın)?(?!\w)"
)
"""*Son of* and *daughter of* are part of a name and nobody else."""

POSSESSIVE = re.compile(r"['’]s?$")
"""What an English name ends with before what belongs to it."""

INSTRUMENTAL = re.compile(r"(?<=[а-яё]{3})(?:ом|ем|ой|ым)$")
"""A Russian case that the gazetteer does not take off."""

ENDING = re.compile(r"(?:s|n?[iu]n|n?d[ae](?:n|ki)?|[yn]?[ae])?")
"""What may follow the stem of a foreign province in Latin letters."""

OF_COUNTRY = re.compile(r"(?:n|sh|se|[iı]n[iı]n)$")
"""How an adjective made of a country's name ends, which is no village's: *the Syrian town*."""

OWN_ENDING = re.compile(r"л[иыую]|l[iu]")
"""An ending of Azerbaijani villages, after which a stem is no foreign province."""

SCALES = (
    (r"million|mln|млн\.?|миллион\w*|milyon", 1e6),
    (r"thousand|тыс\w*\.?|тысяч\w*|min", 1e3),
)
"""Words after an amount, and what they multiply it by."""

CYRILLIC = "АаБбВвГгҒғДдЕеӘәЖжЗзИиЫыЈјКкҜҝЛлМмНнОоӨөПпРрСсТтУуҮүФфХхҺһЧчҸҹШшЭэЙйЩщЦцЮюЯя"
LATIN = "AaBbVvQqĞğDdEeƏəJjZzİiIıYyKkGgLlMmNnOoÖöPpRrSsTtUuÜüFfXxHhÇçCcŞşEeYyŞşSsUuAa"
"""Azerbaijani letters of both scripts, one for one."""

ONLY_CYRILLIC = "әҝҹј"
"""Letters that Azerbaijani in Cyrillic has and Russian has not."""

OWN_LETTER, OWN_LANGUAGE = "ə", "az"
"""A letter that tells its language, whatever the words."""
