"""False-discovery control over many tests."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def false_discovery(p: ArrayLike, level: float = 0.05) -> NDArray[np.bool_]:
    """Say which tests are discoveries at a false-discovery rate of `level`.

    All p up to the largest p_(k) with ``p_(k) <= level k / m``, ties with it included.

    Parameters
    ----------
    p
        p-values; NaN (no test) is no discovery and is not counted in m.
    level
        Expected share of false discoveries that is accepted.

    Returns
    -------
    numpy.ndarray
        True for discoveries, in the given order.

    References
    ----------
    Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. Journal of the
    Royal Statistical Society B 57, 289-300.

    Examples
    --------
    >>> false_discovery([0.01, 0.02, 0.9], 0.05).tolist()
    [True, True, False]
    """
    values = np.asarray(p, float)
    tested = np.sort(values[np.isfinite(values)])
    # the product before the quotient: 3 * 0.05 / 3 has to be 0.05 for a tie to count
    passed = tested <= level * np.arange(1, tested.size + 1) / max(tested.size, 1)
    if not passed.any():
        return np.zeros(values.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        return values <= tested[passed].max()
