"""A district's number unfolded into the incidents and the arithmetic behind it."""

from geodata.risk.explain.explanation import explain

__all__ = ["explain"]
