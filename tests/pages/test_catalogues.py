"""Every text has its translation, with the same names to fill in and all plural forms."""

import re

import pytest

from service.extraction import catalogues, texts
from service.i18n import SOURCE, languages

PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w*(?=[!:}])")
TRANSLATED = [lang for lang in languages() if lang != SOURCE]


def _forms(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.fixture(scope="module")
def wanted():
    return [message for message in texts() if message.id]


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_text_is_translated(lang, wanted):
    held = catalogues(lang).values()
    missing = [
        message.id
        for message in wanted
        if not any(message.id in c and all(_forms(c[message.id])) for c in held)
    ]
    assert missing == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_translations_keep_the_placeholders(lang):
    different = []
    for catalogue in catalogues(lang).values():
        for message in catalogue:
            if not message.id:
                continue
            singular = message.id if isinstance(message.id, str) else message.id[0]
            want = sorted(PLACEHOLDER.findall(singular))
            different += [
                f for f in _forms(message) if f and sorted(PLACEHOLDER.findall(f)) != want
            ]
    assert different == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_plural_texts_have_all_forms_of_the_language(lang):
    for catalogue in catalogues(lang).values():
        for message in catalogue:
            if isinstance(message.id, tuple | list):
                assert len(_forms(message)) == catalogue.num_plurals, message.id


def test_there_are_english_azerbaijani_and_russian():
    assert set(languages()) >= {"en", "az", "ru"}
