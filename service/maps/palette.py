"""Colours and marks of the maps, on screen and on paper.

The classes are ColorBrewer's five-class YlOrBr: sequential, told apart with any colour
vision and in black-and-white print. What is not a class of risk has a pattern instead.
"""

CLASS_NAMES = ("very_low", "low", "medium", "high", "very_high")
CLASS_COLOURS = ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404")
CLASS_COLOUR = dict(zip(CLASS_NAMES, CLASS_COLOURS, strict=True))

GROUND_FILL = {
    "no_information": ("#f1f0ee", "#c3c0bb", "////"),
    "surveyed_no_evidence": ("#eef4f8", "#4d7ea8", ".."),
    "cleared": ("#e6f2ec", "#3c8a68", "++"),
}
"""Ground status → paper, ink and matplotlib hatch; the page draws the same as SVG patterns."""

NOT_COMPUTED = ("#e6e2dd", "#6d655c", "xxx")
"""Paper, ink and hatch of a district whose incidents give no rate, e.g. without a population."""

BORDER = "#6d655c"
SEA = "#e9eef2"
WATER, LAND, COAST = "#d9e7f0", "#faf8f4", "#8fa9ba"
"""Around the districts, in print: sea, other land, and the line between them."""
DEEP, PALE, WARM = "#12303f", "#eef2f4", "#f2b134"
"""Title band, tiles of key figures, and the one accent; as on the pages."""
INK = "#1d1d1b"
SOFT = "#55524d"
BADGE = "#173f5f"
ALARM = "#8f1d14"
HOT, COLD = "#7a0177", "#08519c"
CONFIRMED, SUSPECTED = "#FF0000", "#F4A718"
"""Fill of confirmed and suspected hazardous areas, at 50 %, as mine action draws them."""
