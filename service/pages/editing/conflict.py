"""Two editors, one record: what each wrote, field by field, and nothing typed is lost."""

from dataclasses import dataclass

from geodata.model import Incident
from service.i18n import Translator
from service.labels import CODES, field_label, label
from service.pages.editing.fields import LISTS, SINGLE
from service.pages.editing.values import Typed, rows_typed, typed_of


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that somebody else changed meanwhile.

    Attributes
    ----------
    field
        Its name.
    mine, theirs
        What was typed and what is held, in words.
    taken
        Whether the form now holds theirs, because this editor had not touched the field.
    """

    field: str
    label: str
    mine: str
    theirs: str
    taken: bool


def reconciled(
    typed: Typed, base: Incident, held: Incident, words: Translator
) -> tuple[Typed, list[Clash]]:
    """Bring what was typed together with what somebody else saved.

    Parameters
    ----------
    typed
        What this editor typed over `base`.
    base
        The version that the form was made from.
    held
        The version held now.
    words
        Language of the texts.

    Returns
    -------
    tuple
        The form's texts for another try on `held`, and the fields that clash. A field
        that only the other editor changed has theirs; every other one stays as typed.
    """
    before, now = typed_of(base), typed_of(held)
    merged: Typed = {}
    clashes = []
    for name in (*(f.name for f in SINGLE), *LISTS):
        old, new, own = (_part(texts, name) for texts in (before, now, typed))
        changed_there = _plain(old, name) != _plain(new, name)
        touched_here = _plain(old, name) != _plain(own, name)
        takes = changed_there and not touched_here
        merged |= new if takes else own
        if changed_there and _plain(own, name) != _plain(new, name):
            mine, theirs = (_told(texts, name, words) for texts in (own, new))
            clashes.append(Clash(name, field_label(words, name), mine, theirs, takes))
    return merged, clashes


def _part(typed: Typed, name: str) -> Typed:
    if name not in LISTS:
        return {name: typed[name]} if name in typed else {}
    return {n: text for n, text in typed.items() if n.startswith(f"{name}-")}


def _plain(typed: Typed, name: str) -> object:
    return [row for _, row in rows_typed(typed, name)] if name in LISTS else typed.get(name)


def _told(typed: Typed, name: str, words: Translator) -> str:
    if name not in LISTS:
        return _word(name, typed.get(name, ""), words) or words.gettext("not stated")
    shown = [f for f in LISTS[name] if f.kind != "hidden"]
    rows = [
        ", ".join(_word(f.name, row[f.name], words) for f in shown if f.name in row)
        for _, row in rows_typed(typed, name)
    ]
    return "; ".join(rows) or words.gettext("not stated")


def _word(name: str, text: str, words: Translator) -> str:
    return label(words, name, text) if text and name in CODES else text
