"""The exponential of a matrix."""

from __future__ import annotations

from functools import reduce

import numpy as np

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import abs as absolute, add, clip, multiply
from chainrule.build.functions.comparison import where
from chainrule.build.functions.equations import solve
from chainrule.build.functions.exponential import exp2, log2
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.reduction import max as largest, sum as total
from chainrule.build.functions.rounding import ceil
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.matrix import identity
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError

# Higham 2005, The scaling and squaring method for the matrix exponential revisited: the quotient of
# polynomials of degree 13, and the norm up to which it is exact in float64.
PADE = (
    *(64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0),
    *(129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0),
    *(40840800.0, 960960.0, 16380.0, 182.0, 1.0),
)
LARGEST_NORM = 5.371920351148152

# A program has all of its squarings from the start; norms of more than 2^16 times that give NaN.
MOST_SQUARINGS = 16


def expm(x: ArrayLike, /) -> Tensor:
    """Return e^A = 1 + A + A²/2 + A³/6 + … Shapes: (…, n, n) gives (…, n, n).

    Scaling and squaring: e^A = r(A/2ˢ)^(2ˢ), with r a quotient of polynomials (Higham 2005). A
    matrix of which a column sums up to more than 350,000 in size gives NaN.

    Errors: `ShapeError` where a matrix is not square.

    >>> expm([[0.0, 1.0], [0.0, 0.0]])
    Tensor([[1., 1.],
            [0., 1.]], float32)
    """
    (a,) = floating(x)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"an exponential takes square matrices, (…, n, n), got shape {a.shape}")
    if a.size == 0:
        return a
    count = _squarings(a)
    result = _quotient(multiply(a, exp2(-count)))
    for number in range(MOST_SQUARINGS):
        result = where(count > number, matmul(result, result), result)
    return where(count > MOST_SQUARINGS, np.nan, result)


def _squarings(a: Tensor) -> Tensor:
    """How often each matrix has to be halved, as a number with two axes more."""
    columns = total(absolute(detach(a)), axis=-2, keepdims=True)
    norm = largest(columns, axis=-1, keepdims=True)
    return ceil(log2(clip(norm / LARGEST_NORM, min=1.0)))


def _quotient(a: Tensor) -> Tensor:
    """r(A) = (V − U)⁻¹ (V + U), with U the odd powers and V the even ones."""
    two = matmul(a, a)
    four = matmul(two, two)
    powers = [identity(a.shape[-1], a), two, four, matmul(two, four)]

    def polynomial(low: tuple[float, ...], high: tuple[float, ...]) -> Tensor:
        return add(matmul(powers[3], _sum(high, powers[1:])), _sum(low, powers))

    odd = matmul(a, polynomial(PADE[1:8:2], PADE[9::2]))
    even = polynomial(PADE[0:8:2], PADE[8::2])
    return solve(even - odd, even + odd)


def _sum(coefficients: tuple[float, ...], powers: list[Tensor]) -> Tensor:
    return reduce(add, map(multiply, coefficients, powers))
