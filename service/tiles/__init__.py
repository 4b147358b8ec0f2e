"""Layers as vector tiles (OGC API – Tiles), without routes."""
