"""Text as people type it, brought to one form for comparing headers and codes."""

import re
import unicodedata

_SPECIAL = str.maketrans(
    {
        "ə": "e",
        "ı": "i",
        "ß": "ss",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ё": "е",
        "æ": "ae",
        "ʼ": " ",
        "œ": "oe",
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ـ": "",
    }
)
_BETWEEN = re.compile(r"[^\w]+|_+")
_ASCII_BETWEEN = {code: " " for code in range(128) if not chr(code).isalnum()}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(text: str) -> str:
    """Bring text to lower case without marks, words separated by one space.

    Diacritics go (``ğ`` to ``g``, ``ə`` to ``e``, ``й`` to ``и``), punctuation separates
    words, and camel case is split.

    Examples
    --------
    >>> plain("Kəşf_tarixi"), plain("dateStart (UTC)")
    ('kesf tarixi', 'date start utc')
    """
    text = _CAMEL.sub(" ", text)
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_BETWEEN).split())
    text = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(_BETWEEN.sub(" ", text.translate(_SPECIAL)).split())
