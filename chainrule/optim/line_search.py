"""Line search: how far to go in a direction, so that the strong Wolfe conditions hold.

With φ(t) the loss at x + t d:  φ(t) ≤ φ(0) + c₁ t φ′(0)  and  |φ′(t)| ≤ c₂ |φ′(0)|.

Nocedal & Wright (2006), algorithms 3.5 and 3.6: first steps that grow until a bracket is found
that must hold such a t, then smaller brackets. Each next t is the minimum of the cubic through two
values and two slopes (equation 3.59). The numbers are those of PyTorch's `LBFGS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

ENOUGH_DESCENT = 1e-4  # c₁
ENOUGH_FLATNESS = 0.9  # c₂
MOST_TRIALS = 25
SHORTEST = 1e-9  # a bracket that moves no parameter by more is not divided


@dataclass(frozen=True)
class Trial:
    """What is known of φ at t: the value, the gradient of the loss there, and the slope φ′(t)."""

    t: float
    loss: float
    gradient: Vector
    slope: float


Ray = Callable[[float], Trial]


def wolfe(ray: Ray, start: Trial, first: float, scale: float) -> Trial:
    """Return a trial for which the strong Wolfe conditions hold, or the best within 25 trials.

    `start` is φ at 0, `first` the first t to try, `scale` the largest element of the direction.

    >>> def ray(t):
    ...     return Trial(t, (t - 3) ** 2, np.zeros(1), 2 * (t - 3))
    >>> round(wolfe(ray, ray(0.0), 1.0, 1.0).t, 6)
    1.0
    """
    before, trial = start, ray(first)
    for done in range(MOST_TRIALS):
        too_high = _too_high(trial, start) or (done > 1 and not trial.loss < before.loss)
        if too_high or trial.slope >= 0 or _flat(trial, start):
            break
        bounds = trial.t + 0.01 * (trial.t - before.t), 10 * trial.t
        before, trial = trial, ray(_lowest(before, trial, bounds))
    else:
        return _better(start, trial)
    if not too_high and _flat(trial, start):
        return trial
    return _narrowed(ray, start, (before, trial), scale, MOST_TRIALS - done)


def _narrowed(
    ray: Ray, start: Trial, bracket: tuple[Trial, Trial], scale: float, trials: int
) -> Trial:
    """The lower end of ever smaller brackets, as soon as it is flat enough."""
    low, high = sorted(bracket, key=lambda end: _or_infinity(end.loss))
    stuck = False
    for _ in range(trials):
        if abs(high.t - low.t) * scale < SHORTEST:
            break
        at, stuck = _inside(low, high, stuck)
        trial = ray(at)
        if _too_high(trial, start) or not trial.loss < low.loss:
            low, high = sorted((low, trial), key=lambda end: _or_infinity(end.loss))
            continue
        if _flat(trial, start):
            return trial
        if trial.slope * (high.t - low.t) >= 0:
            high = low
        low = trial
    return low


def _inside(low: Trial, high: Trial, stuck: bool) -> tuple[float, bool]:
    """Where to try next, and whether it is near an end; twice so, it is moved away from there."""
    least, most = sorted((low.t, high.t))
    left, right = sorted((low, high), key=lambda end: end.t)
    at, margin = _lowest(left, right, (least, most)), 0.1 * (most - least)
    if min(most - at, at - least) >= margin:
        return at, False
    if stuck or not least < at < most:
        return (most - margin if most - at < at - least else least + margin), False
    return at, True


def _lowest(left: Trial, right: Trial, bounds: tuple[float, float]) -> float:
    """Where the cubic through both has its minimum, within bounds; else the middle of them."""
    least, most = bounds
    width = right.t - left.t
    bend = left.slope + right.slope + 3 * (left.loss - right.loss) / width
    square = bend * bend - left.slope * right.slope
    if not 0 <= square < math.inf:
        return (least + most) / 2
    root = math.sqrt(square)
    divisor = right.slope - left.slope + 2 * root
    if divisor == 0:
        return (least + most) / 2
    return min(max(right.t - width * (right.slope + root - bend) / divisor, least), most)


def _too_high(trial: Trial, start: Trial) -> bool:
    """Whether the loss is more than the first condition allows, or no number."""
    return not trial.loss <= start.loss + ENOUGH_DESCENT * trial.t * start.slope


def _flat(trial: Trial, start: Trial) -> bool:
    return abs(trial.slope) <= -ENOUGH_FLATNESS * start.slope


def _better(one: Trial, other: Trial) -> Trial:
    return other if other.loss < one.loss else one


def _or_infinity(loss: float) -> float:
    return math.inf if math.isnan(loss) else loss
