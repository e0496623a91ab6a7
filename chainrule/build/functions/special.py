"""The error function, the gamma function's logarithm, and their kin, element by element."""

from __future__ import annotations

import operator
from typing import SupportsIndex

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.primitives.special import Erf, Erfc, Erfinv, Lgamma, Polygamma
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError


def erf(x: ArrayLike, /) -> Tensor:
    """Return the error function, y = 2/√π ∫₀ˣ exp(−t²) dt, from −1 to 1.

    The chance that a normal number of mean 0 and variance 1/2 lies between −x and x. Computed with
    the approximations of Cody (1969).

    >>> erf([0.0, 0.5, 100.0])
    Tensor([0.       , 0.5204999, 1.       ], float32)
    """
    return Erf()(*floating(x))


def erfc(x: ArrayLike, /) -> Tensor:
    """Return the complementary error function, y = 1 − erf x, exact where erf x is near 1.

    From 2 down to 0; computed with the approximations of Cody (1969).

    >>> erfc([0.0, 0.5, 5.0])
    Tensor([1.0000000e+00, 4.7950011e-01, 1.5374598e-12], float32)
    """
    return Erfc()(*floating(x))


def erfinv(x: ArrayLike, /) -> Tensor:
    """Return the inverse error function, the y with erf y = x, for −1 ≤ x ≤ 1.

    It is ±inf at ±1 and NaN beyond. √2 erfinv(2p − 1) is the quantile p of the standard normal
    distribution. Computed with the approximations of Wichura (1988, algorithm AS 241).

    >>> erfinv([0.0, 0.5, 1.0])
    Tensor([0.        , 0.47693628,        inf], float32)
    """
    return Erfinv()(*floating(x))


def lgamma(x: ArrayLike, /) -> Tensor:
    """Return the logarithm of the gamma function's size, y = ln |Γ(x)|; Γ(n + 1) = n!.

    It is inf at 0 and at the negative integers. Computed with the approximations of Cody and
    Hillstrom (1967).

    >>> lgamma([1.0, 0.5, 4.0])
    Tensor([0.       , 0.5723649, 1.7917595], float32)
    """
    return Lgamma()(*floating(x))


def digamma(x: ArrayLike, /) -> Tensor:
    """Return the digamma function, y = d/dx ln Γ(x).

    It is ∓inf at ±0 and NaN at the negative integers, its poles. Computed with the approximations
    of Cody, Strecok and Thacher (1973).

    >>> digamma([1.0, 2.0])
    Tensor([-0.5772157 ,  0.42278433], float32)
    """
    return Polygamma(0)(*floating(x))


def polygamma(n: SupportsIndex, x: ArrayLike, /) -> Tensor:
    """Return derivative number n of the digamma function, y = dⁿ⁺¹/dxⁿ⁺¹ ln Γ(x).

    For n ≥ 1 and x > 0, y = (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹ over k = 0, 1, …. Its poles are 0 and the
    negative integers: inf for an odd n, NaN for an even one, except ∓inf at ±0. Computed by
    the Euler–Maclaurin formula (DLMF 25.11.28) and reflection (DLMF 5.15.6).

    Errors: `OptionError` unless n is an integer from 0 on.

    >>> polygamma(1, [1.0, 2.0])
    Tensor([1.644934  , 0.64493406], float32)
    """
    return Polygamma(_order(n))(*floating(x))


def _order(n: SupportsIndex) -> int:
    try:
        order = operator.index(n)
    except TypeError:
        order = -1
    if order < 0:
        raise OptionError(f"polygamma's order is an integer from 0 on, got {n!r}")
    return order
