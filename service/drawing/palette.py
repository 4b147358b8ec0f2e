"""Colours and patterns of the maps, on screen and on paper.

The classes are ColorBrewer's five-class YlOrBr: sequential, told apart with any colour
vision and in black-and-white print. What is not a class of risk has a pattern instead.
"""

from dataclasses import dataclass

CLASS_COLOURS = ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404")
"""From the lowest class of risk to the highest."""

FORECAST_COLOURS = ("#f1eef6", "#d7b5d8", "#df65b0", "#dd1c77", "#980043")
"""ColorBrewer's PuRd: what is to come is never taken for the classes of what was."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A fill that is told from the classes without colour."""

    paper: str
    ink: str
    """Colours of ground and marks."""
    size: float
    """Side of the tile that is repeated, in points."""
    marks: str
    """SVG of the tile's marks; ``INK`` stands for the ink."""
    turn: float = 0.0
    """Degrees by which the tiles are turned."""


_STROKE = '<path d="{}" fill="none" stroke="INK" stroke-width=".5"/>'
PATTERNS = {
    "no_information": Pattern(
        "#f1f0ee", "#c3c0bb", 3.2, '<rect width=".5" height="3.2" fill="INK"/>', 45.0
    ),
    "surveyed_no_evidence": Pattern(
        "#eef4f8", "#4d7ea8", 4.0, '<circle cx="2" cy="2" r=".6" fill="INK"/>'
    ),
    "cleared": Pattern("#e6f2ec", "#3c8a68", 4.5, _STROKE.format("M0 2.25h4.5M2.25 0v4.5")),
    "not_computed": Pattern(
        "#e6e2dd", "#6d655c", 3.2, _STROKE.format("M0 1.6h3.2M1.6 0v3.2"), 45.0
    ),
}
"""Ground status, or a district on record without a rate → pattern; the interactive map draws
the same in pixels."""

HAZARD, HAZARD_EDGE = {"cha": "#ff0000", "sha": "#f4a718"}, "#c00000"
"""Confirmed and suspected hazardous areas, half transparent, and their edge."""
HOT, COLD = "#7a0177", "#08519c"
"""Edges of clusters with more and with fewer incidents than chance would bring."""
BORDER = "#6d655c"
WATER, LAND, COAST = "#d9e7f0", "#faf8f4", "#8fa9ba"
"""Around the districts: sea, other land, and the line between them."""
DEEP, PALE, WARM = "#12303f", "#eef2f4", "#f2b134"
"""Title band, tiles of key figures, and the one accent; as on the pages."""
INK, GREY, SOFT = "#1d1d1b", "#44545d", "#55524d"
BADGE = "#173f5f"
ALARM = "#8f1d14"
SHEETS = {
    "ink": INK, "grey": GREY, "soft": SOFT, "deep": DEEP, "pale": PALE, "warm": WARM,
    "alarm": ALARM, "badge": BADGE, "border": BORDER,
}  # fmt: skip
"""Colours of the printed sheets by the names of their template."""
