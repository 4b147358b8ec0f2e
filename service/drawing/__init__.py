"""Maps as SVG: projection, land, districts, marks, and labels none over another.

Paths, fills and names come in; one SVG in points of paper goes out, for print and for
whatever else shows a map without a browser's scripts.
"""
