"""Statistics of counts, rates, clusters and points: arrays in, arrays out, no domain above them.

In all modules `neighbours` is a SciPy sparse matrix, or an object with ``.sparse``; coordinates are
n x 2 in a projected system, in metres; the same seed gives the same draws. Results are in the
order given, one a district or place, and NaN where an input that they need is missing.
"""
