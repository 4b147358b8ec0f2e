"""What kind of accident a row tells of by its words, and which rows are in scope."""

import numpy as np

from geodata.intake.cells.vocabulary import kinds_in_texts
from geodata.intake.draft import Draft, Values
from geodata.intake.plan import Plan

_OF_DEVICE = {
    "ap_mine": "mine",
    "at_mine": "mine",
    "mine_unspecified": "mine",
    "uxo": "uxo_axo",
    "axo": "uxo_axo",
    "cmr": "cluster",
    "improvised_mine": "ied",
    "ied_other": "ied",
    "stored_ammunition": "stored_ammunition",
}


def kinds_by_text(values: Values, texts: list[str]) -> None:
    """Set accident type and device from what the texts name, where no column states them.

    Parameters
    ----------
    values
        Of the chunk.
    texts
        One a row; a row whose text names no ordnance keeps what it has.
    """
    distinct = list(dict.fromkeys(texts))
    kinds = dict(zip(distinct, kinds_in_texts(distinct), strict=True))
    found = [kinds[text] for text in texts]
    values.accident_type, values.device = (
        [held or (kind[at] if kind else None) for held, kind in zip(column, found, strict=True)]
        for at, column in enumerate((values.accident_type, values.device))
    )


def kinds_by_device(values: Values) -> None:
    """Set the accident type that a stated device implies, where none is stated."""
    values.accident_type = [
        kind or _OF_DEVICE.get(device or "")
        for kind, device in zip(values.accident_type, values.device, strict=True)
    ]


def leave_out(draft: Draft, values: Values, plan: Plan, *, unless: str | None = None) -> None:
    """Put rows of no known ordnance out of scope: counted, not taken.

    Parameters
    ----------
    draft, values
        The chunk.
    plan
        Its scope ``mines`` leaves such rows out.
    unless
        For catalogues of all violence: every scope but this one leaves them out, for a battle
        is no mine incident unless the user says that all events are wanted.
    """
    if plan.choices.scope == "mines" or (unless and plan.choices.scope != unless):
        kinds = values.accident_type
        draft.out_of_scope |= np.array([k in (None, "other", "unknown") for k in kinds], dtype=bool)
