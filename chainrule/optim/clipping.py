"""Clipping: functions from gradients to smaller gradients (Pascanu, Mikolov, Bengio 2013).

Each takes `{parameter: gradient}` and returns the same with other values; the given ones stay as
they are. Norms are computed in float64, where the square of a float32 number cannot overflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from chainrule.build.convert import as_type, asarray
from chainrule.build.functions.arithmetic import clip, maximum, multiply, sqrt, square
from chainrule.build.functions.reduction import sum as sum_
from chainrule.build.tensor import Tensor
from chainrule.optim.check import positive

Key = TypeVar("Key")


def clip_by_value(gradients: Mapping[Key, Tensor], limit: float) -> dict[Key, Tensor]:
    """Return the gradients with every element held within [−limit, limit].

    g_i ← min(max(g_i, −c), c). It changes the direction; `clip_by_global_norm` does not.

    Errors: `OptionError` unless `limit` is a number > 0.

    >>> clip_by_value({"w": asarray([3.0, -0.5])}, 1.0)
    {'w': Tensor([ 1. , -0.5], float32)}
    """
    c = positive("limit", limit)
    return {key: clip(gradient, -c, c) for key, gradient in gradients.items()}


def clip_by_norm(gradients: Mapping[Key, Tensor], limit: float) -> dict[Key, Tensor]:
    """Return the gradients, each scaled down to the Euclidean norm `limit` where it has more.

    g ← g · c / max(‖g‖₂, c), for each parameter by itself.

    Errors: `OptionError` unless `limit` is a number > 0.

    >>> clip_by_norm({"w": asarray([3.0, 4.0]), "b": asarray([0.5])}, 1.0)
    {'w': Tensor([0.6, 0.8], float32), 'b': Tensor([0.5], float32)}
    """
    c = positive("limit", limit)
    return {
        key: _scaled(gradient, c / maximum(global_norm({key: gradient}), c))
        for key, gradient in gradients.items()
    }


def clip_by_global_norm(gradients: Mapping[Key, Tensor], limit: float) -> dict[Key, Tensor]:
    """Return the gradients, all scaled by one factor so that their joint norm is at most `limit`.

    g ← g · c / max(N, c), N = `global_norm(gradients)`. The direction stays. Where N is not
    finite the result is not either: it shows, rather than vanishes. PyTorch's `clip_grad_norm_`
    divides by N + 10⁻⁶ and so clips a little more.

    Errors: `OptionError` unless `limit` is a number > 0.

    >>> clip_by_global_norm({"w": asarray([3.0]), "b": asarray([4.0])}, 1.0)
    {'w': Tensor([0.6], float32), 'b': Tensor([0.8], float32)}
    """
    c = positive("limit", limit)
    factor = c / maximum(global_norm(gradients), c)
    return {key: _scaled(gradient, factor) for key, gradient in gradients.items()}


def global_norm(gradients: Mapping[Key, Tensor]) -> Tensor:
    """Return the Euclidean norm of all gradients taken together, as a float64 scalar.

    N = √(Σ_p Σ_i g_{p,i}²); 0 for no gradients.

    >>> float(global_norm({"w": asarray([3.0]), "b": asarray([4.0])}))
    5.0
    """
    squares = [sum_(square(_exact(gradient))) for gradient in gradients.values()]
    return sqrt(sum(squares, start=_exact(asarray(0.0))))


def _exact(x: Tensor) -> Tensor:
    return as_type(x, np.dtype(np.float64))


def _scaled(gradient: Tensor, factor: Tensor) -> Tensor:
    return multiply(gradient, as_type(factor, gradient.dtype))
