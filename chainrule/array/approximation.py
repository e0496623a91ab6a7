"""How a special function is computed: in float64, by blocks, by pieces, by polynomials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Attributes = ParamSpec("Attributes")
Piece = Callable[[Array], Array]
Coefficients = Sequence[float]

BLOCK = 16384  # numbers computed together: fewer calls, and all intermediate arrays in the cache


def in_double(
    function: Callable[Concatenate[Array, Attributes], Array],
) -> Callable[Concatenate[Array, Attributes], Array]:
    """Let `function` of float64 numbers (n,) take arrays of any shape and floating type.

    Its first argument arrives as float64, block by block; the result has the shape and the type
    that came. Nothing warns: infinities and NaN speak for themselves.
    """

    @wraps(function)
    def converted(x: Array, /, *args: Attributes.args, **kwargs: Attributes.kwargs) -> Array:
        flat = x.reshape(-1)
        result = np.empty_like(flat)
        with np.errstate(all="ignore"):
            for start in range(0, flat.size, BLOCK):
                block = slice(start, start + BLOCK)
                result[block] = function(flat[block].astype(np.float64), *args, **kwargs)
        return result.reshape(x.shape)

    return converted


def between(x: Array, bounds: Sequence[float], pieces: Sequence[Piece]) -> Array:
    """Return the first piece of x below the first bound, the next one from there on, …

    There is one more piece than bounds, and each is given only its own elements of `x`. NaN is the
    last one's.
    """
    place = np.full(x.shape, len(bounds), np.int8)
    for bound in bounds:
        place -= x < bound
    return np.piecewise(x, [place == index for index in range(len(pieces))], list(pieces))


def polynomial(coefficients: Coefficients, x: Array) -> Array:
    """Return Σ c_k x^(n−k), the highest power first, by Horner's scheme."""
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result *= x
        result += coefficient
    return result


def ratio(coefficients: tuple[Coefficients, Coefficients], x: Array) -> Array:
    """Return the quotient of two polynomials, numerator and denominator."""
    numerator, denominator = coefficients
    return polynomial(numerator, x) / polynomial(denominator, x)
