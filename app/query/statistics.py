"""
Whether two conversion rates differ (semantics §8.16): Welch's test on outcomes 0 and 1.
"""

import math
from dataclasses import dataclass

FEWEST = 30
FEWEST_OF_EACH = 5
SURE = 0.95
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variant beside its baseline: the relative change, Welch's t, and one minus p of the
    two-sided test. `is_significant` asks for enough people and outcomes besides. `difference` is
    that of the two shares."""

    improvement: float | None
    t: float | None
    significance: float | None
    is_significant: bool
    difference: float | None = None


def compared(count: int, converted: int, other: int, other_converted: int) -> Comparison:
    """A variant (`other`) compared with its baseline."""
    base = converted / count if count else None
    rate = other_converted / other if other else None
    improvement = (rate - base) / base if base and rate is not None else None
    difference = None if base is None or rate is None else rate - base
    if base is None or rate is None or count < 2 or other < 2:
        return Comparison(improvement, None, None, False, difference)
    # Variances of the mean, of a sample.
    a, b = base * (1 - base) / (count - 1), rate * (1 - rate) / (other - 1)
    if a + b == 0:
        return Comparison(improvement, None, None, False, difference)
    t = (rate - base) / math.sqrt(a + b)
    freedom = (a + b) ** 2 / (a**2 / (count - 1) + b**2 / (other - 1))
    sure = 1 - two_sided(t, freedom)
    outcomes = (converted, count - converted, other_converted, other - other_converted)
    enough = min(count, other) >= FEWEST and min(outcomes) >= FEWEST_OF_EACH
    return Comparison(improvement, t, sure, enough and sure >= SURE, difference)


def two_sided(t: float, freedom: float) -> float:
    """The probability of a t at least this far from 0, in Student's distribution."""
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's method."""
    c, d = 1.0, 1 / _apart(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _apart(1 + even * d)
        c = _apart(1 + even / c)
        found *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _apart(1 + odd * d)
        c = _apart(1 + odd / c)
        step = d * c
        found *= step
        if abs(step - 1) < 1e-14:
            break
    return found


def _apart(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def phi(tp: int, fp: int, fn: int, tn: int) -> float | None:
    """The correlation of two yes-or-no outcomes; None where one of them never varies."""
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(under) if under else None
