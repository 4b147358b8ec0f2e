"""Small marks in tables, drawn as SVG."""

from typing import Any


def whisker(low: Any, value: Any, high: Any, most: float, width: float = 140) -> dict[str, float]:
    """Give the pixels of an interval drawn on a square-root scale from 0 to `most`."""

    def at(number: Any) -> float:
        share = (max(float(number), 0.0) / most) ** 0.5 if most > 0 else 0.0
        return round(3 + min(share, 1.0) * (width - 6), 1)

    return {"low": at(low), "value": at(value), "high": at(high)}
