"""How well a ranking foresees the next period: scores, and a rolling backtest."""

from geodata.risk.backtest.rolling import MIN_CUTOFFS, MIN_EVENTS, rolling_backtest
from geodata.statistics.scoring import poisson_log_score, scores

__all__ = ["MIN_CUTOFFS", "MIN_EVENTS", "poisson_log_score", "rolling_backtest", "scores"]
