"""The cases of the dead branches: what the forward pass did not select must not touch a gradient.

Each is distilled from a public issue of a peer. The rows are numbered as in the table that the
project was given; those with several parts stand here as several cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.array.dtype import DType
from chainrule.build.functions.arithmetic import clip, maximum, sqrt, square
from chainrule.build.functions.comparison import equal, where
from chainrule.build.functions.exponential import exp, expm1, log2
from chainrule.build.functions.norm import vector_norm
from chainrule.build.functions.reduction import sum as total
from chainrule.build.functions.trigonometry import cos, sin, sinc
from chainrule.build.tensor import Tensor
from chainrule.nn.activations.exponential_units import SELU_ALPHA, SELU_SCALE, celu, elu, selu
from chainrule.nn.activations.rectifiers import relu

Function = Callable[[Tensor], Any]


@dataclass(frozen=True)
class Case:
    """A function, the point it is taken at, and its gradient and second derivative there.

    `large` replaces the point in float64, where the exponential overflows later. An elementwise
    function's Hessian is diagonal: `second` is its diagonal; `None` where none is asked for.
    """

    row: int
    name: str
    function: Function
    at: Any
    gradient: Any
    second: Any = None
    large: Any = None
    elementwise: bool = True

    def point(self, dtype: DType) -> Any:
        big = self.large if self.large is not None and dtype == np.float64 else self.at
        return np.array(big, dtype)

    def __str__(self) -> str:
        return f"{self.row}: {self.name}"


N = np.array([0.0, 2.0])
D = np.array([0.0, 1.0])
ZEROS = [0.0, 0.0]


def like(x: Tensor, array: Any) -> Any:
    """The constants `array` in the type of `x`."""
    return np.asarray(array, x.dtype)


def root_of_rows(x: Tensor) -> Any:
    r = sqrt(total(square(x), axis=-1))
    return where(r > 0.5, r, 1.0)


def power_of_product(x: Tensor) -> Any:
    product = like(x, D) * x
    return where(product > 0, product**0.5, 0.0)


CASES = [
    Case(1, "where(x > 0, √x, x)", lambda x: where(x > 0, sqrt(x), x), [-1, -4], [1, 1], ZEROS),
    Case(
        2,
        "where(x < 1, cos x, 0)",
        lambda x: where(x < 1, cos(x), 0.0),
        [0, math.inf],
        ZEROS,
        [-1, 0],
    ),
    Case(
        3,
        "where(x = 0, x/2, √x + 1)",
        lambda x: where(equal(x, 0.0), x / 2.0, sqrt(x) + 1.0),
        [16, 0],
        [0.125, 0.5],
        [-1 / 256, 0],
    ),
    Case(
        4,
        "where(n = 0, 0, x/n)",
        lambda x: where(like(x, N) == 0, 0.0, x / like(x, N)),
        [3, 3],
        [0, 0.5],
        ZEROS,
    ),
    Case(
        4,
        "where(n = 0, 0, 1/n) in n",
        lambda n: where(equal(n, 0.0), 0.0, 1.0 / n),
        [0, 2],
        [0, -0.25],
        [0, 0.25],
    ),
    Case(
        5,
        "where(x > 2, log2 x, 2x)",
        lambda x: where(x > 2, log2(x), 2.0 * x),
        [0, 2, 3],
        [2, 2, 1 / (3 * math.log(2))],
        [0, 0, -1 / (9 * math.log(2))],
    ),
    Case(
        6,
        "where(a ≤ 0, exp a, 1 + a)",
        lambda a: where(a <= 0, exp(a), 1.0 + a),
        100,
        1,
        0,
        large=800,
    ),
    Case(7, "where(False, a/0, 1)", lambda a: where(np.array(False), a / 0.0, 1.0), 3, 0, 0),
    Case(
        8,
        "(x/d)[d ≠ 0]",
        lambda x: (x / like(x, D))[D != 0],
        [3, 3],
        [0, 1],
        ZEROS,
        elementwise=False,
    ),
    Case(
        9,
        "clip(exp x, max=1)",
        lambda x: clip(exp(x), max=1.0),
        [90, 100],
        ZEROS,
        ZEROS,
        large=[720, 800],
    ),
    Case(
        10,
        "where(x ≤ 10, exp x, 1)",
        lambda x: where(x <= 10, exp(x), 1.0),
        [1, math.nan, 1e10],
        [math.e, 0, 0],
        [math.e, 0, 0],
    ),
    Case(11, "norm", vector_norm, ZEROS, ZEROS, elementwise=False),
    Case(11, "√Σx²", lambda x: sqrt(total(square(x))), ZEROS, ZEROS, elementwise=False),
    Case(12, "norm²", lambda x: square(vector_norm(x)), ZEROS, ZEROS, elementwise=False),
    Case(12, "norm**2", lambda x: vector_norm(x) ** 2, ZEROS, ZEROS, elementwise=False),
    Case(
        12, "exp(−norm²)", lambda x: exp(-square(vector_norm(x))), ZEROS, ZEROS, elementwise=False
    ),
    Case(13, "√(d·x) where d·x > 0", power_of_product, 1, 0.5, elementwise=False),
    Case(14, "where(x < 1, x, √x)", lambda x: where(x < 1, x, sqrt(x)), 0, 1, 0),
    Case(
        15, "√Σx² of rows", root_of_rows, [[0, 0], [3, 4]], [[0, 0], [0.6, 0.8]], elementwise=False
    ),
    Case(16, "elu", elu, [89, -1], [1, 1 / math.e], [0, 1 / math.e], large=[720, -1]),
    Case(
        16,
        "celu",
        lambda x: celu(x, 0.5),
        [89, -1],
        [1, math.exp(-2)],
        [0, 2 * math.exp(-2)],
        large=[720, -1],
    ),
    Case(
        16,
        "selu",
        selu,
        [89, -1],
        [SELU_SCALE, SELU_SCALE * SELU_ALPHA / math.e],
        [0, SELU_SCALE * SELU_ALPHA / math.e],
        large=[720, -1],
    ),
    Case(
        16,
        "elu by hand",
        lambda x: where(x > 0, x, exp(x) - 1.0),
        [89, -1],
        [1, 1 / math.e],
        [0, 1 / math.e],
        large=[720, -1],
    ),
    Case(
        16,
        "celu by hand",
        lambda x: where(x > 0, x, 0.5 * expm1(x / 0.5)),
        [89, -1],
        [1, math.exp(-2)],
        [0, 2 * math.exp(-2)],
        large=[720, -1],
    ),
    Case(
        16,
        "selu by hand",
        lambda x: SELU_SCALE * where(x > 0, x, SELU_ALPHA * (exp(x) - 1.0)),
        [89, -1],
        [SELU_SCALE, SELU_SCALE * SELU_ALPHA / math.e],
        [0, SELU_SCALE * SELU_ALPHA / math.e],
        large=[720, -1],
    ),
    Case(17, "sinc", sinc, 0, 0),
    Case(17, "where(x = 0, 1, sin x / x)", lambda x: where(equal(x, 0.0), 1.0, sin(x) / x), 0, 0),
    Case(19, "relu", relu, 0, 0),
    Case(19, "maximum(x, 0)", lambda x: maximum(x, 0.0), 0, 0),
    Case(19, "maximum(0, x)", lambda x: maximum(0.0, x), 0, 0),
    Case(19, "clip(x, min=0)", lambda x: clip(x, min=0.0), 0, 0),
    Case(19, "where(x > 0, x, 0)", lambda x: where(x > 0, x, 0.0), 0, 0),
]
