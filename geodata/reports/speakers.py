"""On whose word a report rests: the source, and the medium that quotes it."""

from geodata.reports.clauses import Unit
from geodata.reports.vocabulary import Hit, Vocabulary

_REACH = 90


def source_of(
    text: str, folded: str, units: list[Unit], vocabulary: Vocabulary
) -> tuple[str | None, tuple[int, int] | None]:
    """Name who says what some sentences tell.

    Returns
    -------
    tuple
        The chain in the text's own words, e.g. ``Defence Ministry, cited by Interfax``, and
        the span of its first link; None where nobody is named.
    """
    for unit in units:
        said = list(vocabulary.find("speech", folded, unit.start, unit.end))
        if not said:
            continue
        source = _near(vocabulary.find("source", folded, unit.start, unit.end), said)
        outlet = _near(vocabulary.find("agency", folded, unit.start, unit.end), said)
        if source is None and outlet is None:
            continue
        first = source or outlet
        if first is None:
            continue
        names = [text[h.start : h.end].strip(" \"«»'") for h in (source, outlet) if h is not None]
        chain = names[0]
        if len(names) == 2 and names[0] != names[1]:
            chain = vocabulary.cited.format(source=names[0], outlet=names[1])
        return chain, (first.start, first.end)
    return None, None


def _near(found: object, said: list[Hit]) -> Hit | None:
    best, least = None, _REACH
    for hit in found:  # type: ignore[attr-defined]
        distance = min(max(hit.start - word.end, word.start - hit.end, 0) for word in said)
        if distance < least:
            best, least = hit, distance
    return best
