"""How a report is named in one line of text."""

from geodata.model import Report


def source_text(report: Report | None) -> str | None:
    """Write a report as "publisher (chain) url"; None without any of them.

    Examples
    --------
    >>> source_text(Report(publisher="Paper", chain="Ministry", url="https://example.org/1"))
    'Paper (Ministry) https://example.org/1'
    """
    if report is None:
        return None
    chain = f"({report.chain})" if report.chain else None
    parts = [report.publisher or report.title, chain, report.url]
    return " ".join(part for part in parts if part) or None
