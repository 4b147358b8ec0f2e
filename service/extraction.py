"""Collect the texts to translate and bring the catalogues up to date.

Run ``python -m service.extraction`` after changing texts: new ones are appended to each
``hazardmap.po`` untranslated, those no longer used are dropped. A test fails while a text
lacks its translation.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import geodata
from geodata.schemas import SCHEMAS
from service.collections import COLLECTIONS
from service.i18n import LOCALES, SOURCE, languages

SERVICE = Path(__file__).parent
LIBRARY = Path(geodata.__file__).parent
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
SAID = {"say": None}
"""Sentences of `geodata.wording.say`."""
OWN = "hazardmap.po"
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: hazardmap\\n"
"Language: {lang}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def texts() -> Catalog:
    """Give all texts of the service: templates, code, the library's sentences, layers' words."""
    found = Catalog(charset="utf-8")
    for path in sorted(SERVICE.rglob("*.py")):
        _take(found, path, "python", {}, KEYWORDS | SAID)
    for path in sorted(LIBRARY.rglob("*.py")):
        _take(found, path, "python", {}, SAID)
    for path in sorted((SERVICE / "pages" / "templates").glob("*.html")):
        _take(found, path, "jinja2.ext.babel_extract", {"silent": "false", "trimmed": "true"})
    for text in _layer_texts():
        found.add(text, locations=[("service/collections.py", 1)])
    return found


def _take(
    found: Catalog,
    path: Path,
    method: str,
    options: dict[str, str],
    keywords: dict[str, Any] = KEYWORDS,
) -> None:
    # Most of the code holds no text; taking it apart took half of the time.
    if method == "python" and not re.search(
        rf"\b({'|'.join(keywords)})\(", path.read_text("utf-8")
    ):
        return
    place = path.name
    taken = extract_from_file(method, path, keywords=keywords, options=options)
    for line, message, _comments, context in taken:
        found.add(message, locations=[(place, line)], context=context)


def _layer_texts() -> Iterator[str]:
    for layer in COLLECTIONS.values():
        yield layer.title
        yield layer.description
    for schema in (*SCHEMAS.values(), *(layer.schema for layer in COLLECTIONS.values())):
        for column in schema.columns:
            yield column.description
            if column.unit:
                yield column.unit


def catalogues(lang: str) -> dict[str, Catalog]:
    """Read the catalogues of a language by file name."""
    found = {}
    for path in sorted((LOCALES / lang / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            found[path.name] = read_po(source, locale=lang)
    return found


def update(lang: str) -> int:
    """Bring a language's own catalogue up to date; give how many texts lack translation.

    Texts that another catalogue of the folder holds stay there.
    """
    held = catalogues(lang)
    others = [catalogue for name, catalogue in held.items() if name != OWN]
    wanted = Catalog(charset="utf-8")
    for message in texts():
        if message.id and not any(message.id in other for other in others):
            wanted.add(message.id, locations=message.locations, context=message.context)
    own = held[OWN]
    own.update(wanted, no_fuzzy_matching=True)
    own.obsolete.clear()
    with (LOCALES / lang / "LC_MESSAGES" / OWN).open("wb") as out:
        out.write(HEADER.format(lang=lang, plural=own.plural_forms).encode())
        write_po(out, own, width=100, no_location=True, omit_header=True)
    return sum(1 for message in own if message.id and not _translated(message))


def _translated(message: object) -> bool:
    text = getattr(message, "string", "")
    return all(text) if isinstance(text, list | tuple) else bool(text)


def main() -> None:
    """Update every catalogue and say what is missing."""
    for lang in languages():
        if lang != SOURCE:
            sys.stdout.write(f"{lang}: {update(lang)} texts lack a translation\n")


if __name__ == "__main__":
    main()
