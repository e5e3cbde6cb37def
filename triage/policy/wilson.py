"""How sure a share is: Wilson's interval, for rules' agreement and for the measures of case files.

Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
"""

from __future__ import annotations

from math import sqrt

_Z = 1.96  # of a 95 % interval


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of the share `hits` / `of`, within 0 to 1; all of 0 to 1 when `of` is 0."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = share + _Z**2 / (2 * of)
    half = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    whole = 1 + _Z**2 / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
