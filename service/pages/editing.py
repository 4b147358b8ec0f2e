"""The pages in which an editor writes: the form of a record, and a decision about one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.model import Incident
from service.content.incidents import district_names
from service.http.request import View
from service.i18n import N_, Translator, translator
from service.labels import field_label
from service.pages.environment import render
from service.pages.form import (
    HELP,
    LISTS,
    MOST_ROWS,
    REASON_LENGTH,
    SECTIONS,
    SPARE,
    Clash,
    Typed,
    cleaned,
)
from service.pages.incidents import evidence_rows

ROW_TITLES = {
    "districts": N_("District %(number)s"),
    "casualties": N_("People, row %(number)s"),
    "reports": N_("Source %(number)s"),
}
LIST_OF_SECTION = {"where": "districts", "who": "casualties", "sources": "reports"}
MORE_ROWS = 3
STALE = N_("This form was made before you signed in. Look at it once more, and save again.")


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it stands: what is typed, what does not fit, what clashes.

    Attributes
    ----------
    incident
        The version that the form rests on; None = a new record.
    typed
        The texts in it.
    reason
        Why the record is changed.
    errors
        Field → what does not fit.
    clashes
        What somebody else saved meanwhile.
    notice
        A sentence above the form: why it was not taken.
    more
        Empty rows on top of the usual ones.
    new_id
        Id of a new record, made with the form: one form sent twice is one record.
    resumed
        Id and version of the record whose form somebody sent who may not see it now.
    """

    incident: Incident | None
    typed: Typed
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    clashes: Sequence[Clash] = ()
    notice: str = ""
    more: int = 0
    new_id: str = ""
    resumed: tuple[str, str] = ("", "0")

    @property
    def record_id(self) -> str:
        """Id of the record corrected; empty for a new one."""
        return self.resumed[0] if self.incident is None else self.incident.incident_id

    @property
    def base(self) -> str:
        """The version that the form was made from; 0 for a new record."""
        return self.resumed[1] if self.incident is None else str(self.incident.version)


def form_html(snapshot: Any, draft: Draft, view: View) -> str:
    """Give the page with the form of an incident."""
    return render("edit.html", view, **form_values(snapshot, draft, view))


def form_values(snapshot: Any, draft: Draft, view: View) -> dict[str, Any]:
    """Give what the template of an incident's form needs, wherever the form stands."""
    words = translator(view.lang)
    names = sorted(district_names(snapshot, words).values(), key=lambda d: d.name)
    wrong = dict(draft.errors)
    return {
        "draft": draft,
        "groups": [
            {
                "id": key,
                "title": words.gettext(title),
                "fields": fields,
                "list": _list(LIST_OF_SECTION.get(key), draft, words),
            }
            for key, title, fields in SECTIONS
        ],
        "typed": draft.typed,
        "wrongs": wrong,
        "summary": [(name, _named(name, words), text) for name, text in wrong.items()],
        "help": {name: words.gettext(text) for name, text in HELP.items()},
        "districts": names,
        "reason_length": REASON_LENGTH,
        "evidence": () if draft.incident is None else evidence_rows(draft.incident, words),
    }


def _list(name: str | None, draft: Draft, words: Translator) -> dict[str, Any] | None:
    """Give the rows of a list: those that hold something, and empty ones to fill."""
    if name is None:
        return None
    used = [int(n.split("-")[1]) for n in draft.typed if n.startswith(f"{name}-")]
    count = min(max(used, default=-1) + 1 + SPARE[name] + draft.more, MOST_ROWS)
    return {
        "name": name,
        "title": field_label(words, name),
        "fields": LISTS[name],
        "rows": [
            {
                "position": position,
                "title": words.gettext(ROW_TITLES[name]) % {"number": position + 1},
                "held": position in used,
            }
            for position in range(count)
        ],
    }


def _named(name: str, words: Translator) -> str:
    """Name a field of the form for the list of errors."""
    parts = name.split("-")
    if len(parts) < 3 or parts[0] not in ROW_TITLES:
        return field_label(words, name) if name else words.gettext("The record")
    row = words.gettext(ROW_TITLES[parts[0]]) % {"number": int(parts[1]) + 1}
    return f"{row}, {field_label(words, parts[2])}"


DECISIONS: dict[str, dict[str, str]] = {
    "verify": {
        "title": N_("Verify incident %(id)s"),
        "lead": N_("You confirm that you checked this record against its sources."),
        "button": N_("Verify"),
        "reason": N_("What you checked (may stay empty)"),
    },
    "dispute": {
        "title": N_("Dispute incident %(id)s"),
        "lead": N_("Sources or reviewers disagree: say how. The record still counts, and says so."),
        "button": N_("Dispute"),
        "reason": N_("What is in doubt"),
    },
    "retract": {
        "title": N_("Retract incident %(id)s"),
        "lead": N_(
            "A retracted record no longer counts in figures, maps and downloads. Nothing is "
            "deleted: its history stays, and every version can be restored."
        ),
        "button": N_("Retract"),
        "reason": N_("Why it is retracted"),
    },
    "redact": {
        "title": N_("Take back the words of incident %(id)s"),
        "lead": N_(
            "Texts, names, sources, the point and the reasons of all versions are removed for "
            "good and cannot be restored. Date, district, device and numbers of people stay. "
            "Backups made before hold the words still: delete them."
        ),
        "button": N_("Take back for good"),
        "reason": N_("Why (without the words themselves)"),
    },
    "restore": {
        "title": N_("Restore version %(version)s of incident %(id)s"),
        "lead": N_(
            "The content of that version becomes a new version. The versions in between stay "
            "in the history."
        ),
        "button": N_("Restore this version"),
        "reason": N_("Why it is restored (may stay empty)"),
    },
}
"""Decision → its texts."""


def draft_of(form: Mapping[str, str], base: Incident | None, new_id: str) -> Draft:
    """Give a form as it was sent, with more empty rows where they were asked for.

    Parameters
    ----------
    base
        The version that it rests on.
    new_id
        Id of a new record, where the form brings none.
    """
    rows = form.get("rows", "")
    had = int(rows) if rows.isdecimal() and len(rows) < 3 else 0
    return Draft(
        base,
        cleaned(form),
        reason=form.get("reason", "").strip(),
        more=had + (MORE_ROWS if "more" in form else 0),
        new_id=new_id,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that an editor is about to take.

    Attributes
    ----------
    decision
        One of `DECISIONS`.
    incident
        The record as it is held, and so the version decided about.
    restored
        The version to restore.
    changes
        What restoring would change.
    newer
        Steps that somebody else added meanwhile.
    reason, error, notice
        What was typed, what is wrong with it, and why it was not taken.
    """

    decision: str
    incident: Incident
    restored: int | None = None
    changes: Sequence[Any] = ()
    newer: Sequence[Any] = ()
    reason: str = ""
    error: str = ""
    notice: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether it cannot be taken without saying why."""
        return self.decision in ("dispute", "retract", "redact")


def decision_html(snapshot: Any, choice: Choice, view: View) -> str:
    """Give the page that asks for one decision about an incident."""
    words = translator(view.lang)
    incident = choice.incident
    names = district_names(snapshot, words)
    filling = {"id": incident.incident_id, "version": choice.restored}
    ids = [d.district_id for d in incident.districts]
    return render(
        "decide.html",
        view,
        choice=choice,
        texts={k: words.gettext(v) % filling for k, v in DECISIONS[choice.decision].items()},
        i=incident,
        where=" / ".join(names[i].name if i in names else i for i in ids),
        when=words.days(incident.date_start, incident.date_end, incident.date_precision),
        reason_length=REASON_LENGTH,
    )
