"""Texts: LIKE, and folding of case and accents."""

import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geodata.filters.columns import Codes, Columns, Mask, Truth
from geodata.filters.operands import Operand, Predicate, constant, known
from geodata.filters.refusals import refusal


def without_case(text: str) -> str:
    """Fold case as Unicode does (full folding).

    Examples
    --------
    >>> without_case("AĞDAM")
    'ağdam'
    """
    return text.casefold()


def without_accents(text: str) -> str:
    """Drop what Unicode can take off a letter; ə and ı are letters of their own.

    Examples
    --------
    >>> without_accents("Ağdam")
    'Agdam'
    """
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


FOLDS: dict[str, Callable[[str], str]] = {"casei": without_case, "accenti": without_accents}


def folded(name: str, operand: Operand) -> Operand:
    """Fold a text; each distinct value once.

    Parameters
    ----------
    name
        One of `FOLDS`.
    operand
        A text.

    Returns
    -------
    Operand
        A text.

    Raises
    ------
    InvalidInput
        The operand is no text; the message names it.
    """
    fold = FOLDS[name]
    if operand.kind != "text":
        raise refusal(f"{name} folds texts, and {operand.name} is none.", name=operand.name)
    if operand.constant:
        return constant("text", fold(operand.literal), operand.name)

    def of(rows: Columns) -> pd.Series:
        codes, uniques = pd.factorize(operand.of(rows))
        values = np.array([*(fold(str(text)) for text in uniques), None], dtype=object)
        return pd.Series(values[codes], dtype="str")

    def codes(rows: Columns) -> Codes | None:
        found = operand.codes(rows) if operand.codes else None
        return None if found is None else found.changed(fold)

    return Operand("text", of, operand.name, codes=codes)


def like(operand: Operand, pattern: Operand) -> Predicate:
    r"""Match a text against a pattern: % any characters, _ one, \ takes the next literally.

    The engine runs in time linear in the text, whatever the pattern.

    Raises
    ------
    InvalidInput
        A side is no text, or the pattern is not written in the filter.
    """
    if operand.kind != "text":
        raise refusal(f"LIKE needs a text, and {operand.name} is none.", name=operand.name)
    if pattern.kind != "text" or not pattern.constant:
        raise refusal("the pattern of LIKE has to be a text in quotes.")

    def matches(values: pd.Series) -> Mask:
        found = pc.match_like(pa.array(values, pa.large_string()), pattern.literal)
        return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=bool)

    def predicate(rows: Columns) -> Truth:
        codes = operand.codes(rows) if operand.codes else None
        if codes is not None:
            return codes.where(matches)
        values = pd.Series(operand.of(rows), index=range(len(rows)), dtype="str")
        return known(matches(values), values.isna().to_numpy(), len(rows))

    return predicate
