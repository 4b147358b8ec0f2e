"""The languages that reports are read in: one module of vocabulary each."""

from collections.abc import Callable

from geodata.reports.language import Vocabulary
from geodata.reports.languages import azerbaijani, english, russian

LANGUAGES: dict[str, Callable[[], Vocabulary]] = {
    "en": english.vocabulary,
    "az": azerbaijani.vocabulary,
    "ru": russian.vocabulary,
}
"""ISO 639-1 → what builds its vocabulary, once. One row a language."""
