"""The languages that reports are read in: one module of tables each."""

from collections.abc import Callable
from functools import cache, partial

from geodata.reports.languages import azerbaijani, english, russian
from geodata.reports.vocabulary import Vocabulary, vocabulary_of

LANGUAGES: dict[str, Callable[[], Vocabulary]] = {
    language.CODE: cache(partial(vocabulary_of, language))
    for language in (english, azerbaijani, russian)
}
"""ISO 639-1 → what builds its vocabulary, once. One word a language."""
