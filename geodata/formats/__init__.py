"""What the layers can be written as."""

from geodata.formats.features import collection_bytes, feature_bytes

__all__ = ["collection_bytes", "feature_bytes"]
