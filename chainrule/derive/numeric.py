"""Finite differences: the judge of every derivative, our own and the user's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from chainrule.array.dtype import float64, is_floating
from chainrule.array.structure import LEAF, flatten, unflatten
from chainrule.build.convert import as_type, asarray
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import Sum
from chainrule.build.primitives.elementwise import Multiply
from chainrule.build.tensor import Array, Tensor
from chainrule.derive.grad import grad
from chainrule.errors import GradientError, OptionError

Scalar = Callable[..., Tensor]


class Disagreement(NamedTuple):
    """Where a derivative differs most: the argument, the place in it, and both numbers."""

    argument: int
    place: tuple[int, ...]
    derived: float
    measured: float

    @property
    def size(self) -> tuple[bool, bool, float]:
        """How bad it is: a derivative that is no number, then nothing measured, then the gap."""
        gap = abs(self.derived - self.measured)
        return not np.isfinite(self.derived), not np.isfinite(self.measured), gap


def check_gradients(
    function: Callable[..., Any],
    *arguments: Any,
    order: int = 1,
    tolerance: float = 1e-6,
    step: float = 1e-4,
) -> None:
    """Raise unless the derivatives of `function` at `arguments` agree with finite differences.

    Everything is computed in float64. One random direction v through all floating arguments is
    tried: ⟨∇f, v⟩ against (4 D(h/2) − D(h)) / 3, D(h) = (f(x + hv) − f(x − hv)) / 2h, h = `step`
    (Richardson 1911; the error is of order h⁴). A result that is no scalar is weighted with random
    numbers and summed. Arguments and results may be nested containers; integers and bools are held
    fixed. `order=2` checks the derivative of the gradient in the same way. `tolerance` is relative
    to the size of the derivatives. At a kink the two may disagree: move off it.

    Errors: `GradientError` with the worst place where they disagree; `OptionError` for an order
    that is not 1 or 2, or where no argument is floating.

    >>> check_gradients(lambda x: x**3, 2.0)
    >>> check_gradients(lambda x: x**3, 2.0, order=2)
    """
    if order not in (1, 2):
        raise OptionError(f"order must be 1 or 2, got {order}")
    leaves, structure = flatten(arguments)
    tensors = [_double(asarray(leaf)) for leaf in leaves]
    real = [index for index, x in enumerate(tensors) if is_floating(x.dtype)]
    if not real:
        raise OptionError("no argument is floating: there is nothing to differentiate")

    def over_reals(*given: Tensor) -> Tensor:
        filled = list(tensors)
        for index, x in zip(real, given, strict=True):
            filled[index] = x
        return projected(function(*unflatten(structure, filled)), seed=1)

    points = [tensors[index].known() for index in real]
    compare(over_reals, points, tolerance, step)
    if order == 2:
        compare(_of_gradient(over_reals), points, tolerance, step, "gradient of the gradient")


def _double(x: Tensor) -> Tensor:
    return as_type(x, float64) if is_floating(x.dtype) else x


def projected(result: Any, seed: int) -> Tensor:
    """Return Σ w·y over all floating arrays of `result`, with random weights w drawn by `seed`.

    One number is returned as it is.
    """
    if flatten(result)[1] == LEAF and asarray(result).shape == ():
        return _double(asarray(result))
    generator = np.random.default_rng(seed)
    total = constant(np.zeros(()))
    for leaf in flatten(result)[0]:
        y = asarray(leaf)
        if is_floating(y.dtype):
            weights = constant(generator.uniform(0.5, 1.5, y.shape).astype(y.dtype))
            product = _double(Multiply()(weights, y))
            total = total + Sum(tuple(range(y.ndim)))(product)
    return total


def _of_gradient(function: Scalar) -> Scalar:
    """Return a random combination of the elements of the gradient of `function`."""

    def combined(*points: Tensor) -> Tensor:
        return projected(grad(function, range(len(points)))(*points), seed=2)

    return combined


def compare(
    function: Scalar,
    points: Sequence[Array],
    tolerance: float,
    step: float,
    what: str = "gradient",
) -> None:
    """Raise `GradientError` unless the gradient of the scalar `function` is the measured one."""
    derived = [g.known() for g in grad(function, range(len(points)))(*map(constant, points))]
    directions = _directions(points)
    measured = difference(function, points, directions, step)
    expected = sum(float(np.sum(g * v)) for g, v in zip(derived, directions, strict=True))
    scale = 1.0 + sum(float(np.sum(abs(g * v))) for g, v in zip(derived, directions, strict=True))
    if np.isfinite(expected) and abs(expected - measured) <= tolerance * scale:
        return
    worst = _worst(function, points, derived, step)
    place = f"[{', '.join(map(str, worst.place))}]" if worst.place else ""
    raise GradientError(
        f"the {what} is wrong: along a random direction {expected:.9g} is derived, but finite "
        f"differences measure {measured:.9g}; worst in argument {worst.argument}{place}: "
        f"{worst.derived:.9g} derived, {worst.measured:.9g} measured. Check the derivative rules "
        "that the function uses, and that it is smooth there"
    )


def _directions(points: Sequence[Array]) -> list[Array]:
    """Random directions through `points`, no element of them near zero or above one."""
    generator = np.random.default_rng(3)
    return [
        generator.uniform(0.25, 1.0, x.shape) * generator.choice((-1.0, 1.0), x.shape)
        for x in points
    ]


def difference(
    function: Scalar, points: Sequence[Array], directions: Sequence[Array], step: float
) -> float:
    """Return the derivative of `function` at `points` along `directions`, measured."""

    def central(h: float) -> float:
        pairs = list(zip(points, directions, strict=True))
        ahead = function(*(constant(x + h * v) for x, v in pairs))
        behind = function(*(constant(x - h * v) for x, v in pairs))
        return (float(ahead) - float(behind)) / (2 * h)

    return (4 * central(step / 2) - central(step)) / 3


def _worst(
    function: Scalar, points: Sequence[Array], derived: Sequence[Array], step: float
) -> Disagreement:
    """Return the element whose derivative is farthest off, by one difference an element."""
    found = []
    for argument, g in enumerate(derived):
        for place in np.ndindex(g.shape):
            directions = [np.zeros_like(x) for x in points]
            directions[argument][place] = 1.0
            measured = difference(function, points, directions, step)
            found.append(Disagreement(argument, place, float(g[place]), measured))
    return max(found, key=lambda disagreement: disagreement.size)
