"""The layers as a FeatureServer (Esri GeoServices REST), for ArcGIS and what speaks its language.

A thin door: a request becomes the query that every other door asks (`service.ogc.query`), and
the same selection answers. What is not known of the protocol is passed over, as Esri's own
servers do; there are no edits and no WFS.
"""
