"""What every request passes: identity, limits, headers, logs and metrics."""
