"""The trend as bars on a page: where each stands, in pixels."""

from dataclasses import dataclass

import numpy as np

from service.content.trend import Trend

WIDTH, HEIGHT, FOOT = 480.0, 140.0, 22.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One month or year: its name, counts and pixels."""

    name: str
    incidents: float
    killed: float | None
    x: float
    y: float
    width: float
    height: float
    labelled: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of a trend."""

    bars: tuple[Bar, ...]
    monthly: bool
    imprecise: int
    width: float = WIDTH
    height: float = HEIGHT + FOOT
    base: float = HEIGHT


def bars_of(trend: Trend | None) -> Bars | None:
    """Lay out a trend; None where there is nothing to draw."""
    if trend is None or not trend.total:
        return None
    spans = trend.spans
    most = max(1.0, *(span.incidents for span in spans))
    step = WIDTH / len(spans)
    each = max(1, int(np.ceil(len(spans) / 10)))
    width = min(step - 2, 46.0) if step > 3 else step
    heights = [span.incidents / most * (HEIGHT - 24) for span in spans]
    bars = tuple(
        Bar(
            span.name,
            round(span.incidents, 2),
            None if span.killed is None else round(span.killed, 2),
            round(i * step + (step - width) / 2, 1),
            round(HEIGHT - height, 1),
            round(width, 1),
            round(height, 1),
            i % each == 0,
        )
        for i, (span, height) in enumerate(zip(spans, heights, strict=True))
    )
    return Bars(bars, trend.monthly, trend.imprecise)
