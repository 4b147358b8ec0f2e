"""The register's sums beside published claims, and what two sources together suggest."""

from geodata.risk.reconciliation.comparison import reconcile

__all__ = ["reconcile"]
