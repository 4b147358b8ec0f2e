"""How the layers look in other programs: one value a layer, written for each of them.

`style_of` says what is drawn and why, with the map's own colours, patterns, limits and
words; `qgis`, `sld` and `maplibre` only write it down in the language of a program.
"""

from service.styles.style import DESCRIPTION, STYLED, Condition, Rule, Style, Symbol, style_of

__all__ = ["DESCRIPTION", "STYLED", "Condition", "Rule", "Style", "Symbol", "style_of"]
