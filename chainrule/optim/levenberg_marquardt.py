"""Nonlinear least squares: few parameters, many measurements, a minimum to the last digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

from chainrule.array.dtype import is_floating
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.arithmetic import maximum, multiply, sqrt, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import eye, zeros
from chainrule.build.functions.equations import solve_triangular
from chainrule.build.functions.factors import qr
from chainrule.build.functions.linear_algebra import diagonal, matmul, matrix_transpose
from chainrule.build.functions.manipulation import concat, reshape
from chainrule.build.functions.norm import norm
from chainrule.build.functions.reduction import sum as total
from chainrule.build.tensor import Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.forward import jvp
from chainrule.errors import DataError, DTypeError, ShapeError
from chainrule.optim.check import positive, whole
from chainrule.run.compile import compile as compiled

Residuals = Callable[[Tensor], Any]


# A new scale forgets the old one by half: columns of J that were long once do not hold steps back.
MEMORY = 0.5
# A bend of a step that is longer than this share of it says that the step is too long.
MOST_BEND = 0.75
# Gains below this share of Σ r² are hidden by rounding; such steps are trusted.
HIDDEN = 1e-14
LEAST_SHARE = 1e-4


class Line(NamedTuple):
    """What is known at a point: the residuals r, their slopes J, the lengths of J's columns."""

    residuals: Tensor
    slopes: Tensor
    lengths: Tensor


class Step(NamedTuple):
    """A step, its length in the scale, the decrease of Σ r² expected, and the share of its bend."""

    change: Tensor
    length: Tensor
    gain: Tensor
    bend: Tensor


@dataclass(frozen=True)
class Stand:
    """Where a fit stands: what is known of the point, and how cautious the next step is."""

    point: Tensor
    line: Line
    squares: float
    scale: Tensor
    damping: float
    growth: float = 2.0


@dataclass(frozen=True)
class Fit:
    """Where a fit ended: the parameters, their residuals r and slopes J = ∂r/∂parameters.

    `converged` tells whether the last step was small enough; `steps` counts all that were tried.
    """

    parameters: Tensor
    residuals: Tensor
    slopes: Tensor
    converged: bool
    steps: int

    @property
    def sum_of_squares(self) -> float:
        """Σ r², which is least."""
        return float(total(square(self.residuals)))

    @cached_property
    def covariance(self) -> Tensor:
        """The covariance of the n parameters, s² (JᵀJ)⁻¹ with s² = Σ r² / (m − n) for m residuals.

        Errors: `MatrixError` where a parameter makes no difference.
        """
        m, n = self.slopes.shape
        _, r = qr(self.slopes)
        inverse = solve_triangular(r, eye(n, dtype=r.dtype))
        variance = self.sum_of_squares / max(m - n, 1)
        return multiply(matmul(inverse, matrix_transpose(inverse)), variance)

    @property
    def standard_deviations(self) -> Tensor:
        """The standard deviation of each parameter."""
        return sqrt(diagonal(self.covariance))


class LevenbergMarquardt:
    """Levenberg's and Marquardt's method for nonlinear least squares: Σ r(b)² is made least.

        (JᵀJ + μD²) d = −Jᵀ r                     J = ∂r/∂b, by forward mode
        (JᵀJ + μD²) a = −½ Jᵀ r″                  r″ the second derivative of r along d
        b ← b + d + a                             if Σ r² decreases, and 2‖Da‖ ≤ ¾‖Dd‖

    Both equations are solved by a QR decomposition of J over √μ D. D are the lengths of J's columns
    (Marquardt 1963, Moré 1978), μ follows the gain (Nielsen 1999), a is the geodesic acceleration
    of Transtrum and Sethna (2012, arXiv 1201.5885): it takes the bends of narrow valleys. In
    float64 the parameters come out to some ten digits.

    Args:
        residuals: a function of a vector of parameters; what it returns is made small. It is
            compiled, so it must not ask for numbers.
        damping: the first μ.
        tolerance: a fit has converged when a step is shorter than this share of the parameters.
        most_steps: how many steps are tried at most.
        device: as for `cr.compile`.

    Errors: `OptionError` for an argument out of its range.

    >>> import numpy as np
    >>> x = np.arange(6.0)
    >>> y = 3 * np.exp(-0.5 * x)
    >>> from chainrule.build.functions.exponential import exp
    >>> fit = LevenbergMarquardt(lambda b: b[0] * exp(-b[1] * x) - y).fit(np.array([1.0, 1.0]))
    >>> fit.converged, np.round(fit.parameters, 6)
    (True, array([3. , 0.5]))
    """

    def __init__(
        self,
        residuals: Residuals,
        *,
        damping: float = 1e-3,
        tolerance: float = 1e-10,
        most_steps: int = 2000,
        device: str | None = None,
    ) -> None:
        self.damping = positive("damping", damping)
        self.tolerance = positive("tolerance", tolerance)
        self.most_steps = whole("most_steps", most_steps)
        flat = partial(_flat, residuals)
        self._residuals = compiled(flat, device=device)
        self._line = compiled(partial(line_at, flat), device=device)
        self._step = compiled(partial(step_from, flat), device=device)

    def fit(self, start: ArrayLike) -> Fit:
        """Return the parameters, found from `start` on, a vector of floating numbers.

        Errors: `ShapeError` or `DTypeError` where it is none; `DataError` where the residuals there
        are not finite.
        """
        stand = self._first(_vector(start))
        for number in range(self.most_steps):
            step = self._step(stand.point, stand.line, stand.scale, _single(stand))
            size = float(norm(stand.scale * stand.point))
            if float(step.length) <= self.tolerance * (size + self.tolerance):
                return self._fit(stand, number, converged=True)
            stand = self._next(stand, step)
        return self._fit(stand, self.most_steps, converged=False)

    def _first(self, point: Tensor) -> Stand:
        line = self._line(point)
        squares = float(total(square(line.residuals)))
        if not math.isfinite(squares):
            raise DataError("the residuals at the start are not finite; start somewhere else")
        return Stand(point, line, squares, line.lengths, self.damping)

    def _next(self, stand: Stand, step: Step) -> Stand:
        """Where the fit stands after trying `step`: there, or here with more damping."""
        there, gain = asarray(stand.point + step.change), float(step.gain)
        squares = float(total(square(self._residuals(there))))
        hidden = max(gain, abs(stand.squares - squares)) <= HIDDEN * stand.squares
        share = 1.0 if hidden else (stand.squares - squares) / gain
        if share > LEAST_SHARE and float(step.bend) <= MOST_BEND:
            line = self._line(there)
            scale = maximum(MEMORY * stand.scale, line.lengths)
            damping = stand.damping * max(1 / 3, 1 - (2 * share - 1) ** 3)
            return Stand(there, line, squares, scale, damping)
        damping, growth = stand.damping * stand.growth, 2 * stand.growth
        return replace(stand, damping=damping, growth=growth)

    def _fit(self, stand: Stand, steps: int, *, converged: bool) -> Fit:
        return Fit(stand.point, stand.line.residuals, stand.line.slopes, converged, steps)


def line_at(residuals: Residuals, point: Tensor) -> Line:
    """Return the residuals at `point` and their slopes, a parameter a column."""
    along = vmap(lambda direction: jvp(residuals, (point,), (direction,))[1])
    slopes = matrix_transpose(along(eye(len(point), dtype=point.dtype)))
    return Line(residuals(point), slopes, norm(slopes, axis=0))


def step_from(
    residuals: Residuals, point: Tensor, line: Line, scale: Tensor, damping: Tensor
) -> Step:
    """Return the damped step from `point`, with its bend."""
    none = zeros(len(scale), dtype=scale.dtype)
    weights = sqrt(damping) * where(scale > 0, scale, 1.0)
    below = weights * eye(len(scale), dtype=scale.dtype)
    q, r = qr(concat([line.slopes, below], axis=0))

    def solved(right: Tensor) -> Tensor:
        return solve_triangular(r, matmul(matrix_transpose(q), concat([right, none])))

    def slope(b: Tensor) -> Any:
        return jvp(residuals, (b,), (straight,))[1]

    straight = solved(-line.residuals)
    bend = solved(-0.5 * jvp(slope, (point,), (straight,))[1])
    length = norm(scale * straight)
    gain = total(square(matmul(line.slopes, straight))) + 2 * total(square(weights * straight))
    return Step(straight + bend, length, gain, 2 * norm(scale * bend) / length)


def _flat(residuals: Residuals, point: Tensor) -> Tensor:
    return reshape(asarray(residuals(point)), (-1,))


def _single(stand: Stand) -> Any:
    """The damping as a number of the parameters' type."""
    return stand.point.dtype.type(stand.damping)


def _vector(start: ArrayLike) -> Tensor:
    point = asarray(start)
    if point.ndim != 1:
        raise ShapeError(f"the parameters to fit are a vector, got shape {point.shape}")
    if not is_floating(point.dtype):
        raise DTypeError(f"the parameters to fit are floating numbers, got {point.dtype}")
    return point
