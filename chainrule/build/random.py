"""Random numbers: generators whose streams depend on a seed and a counter, on nothing else.

The same numbers come in the interpreter and in native code, for any number of threads. The state
lives in a variable, so a compiled function that draws advances it like any other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.array.dtype import DType, as_dtype, float32, float64, int64, uint64
from chainrule.array.shape import Shape, as_shape
from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import add, multiply, sqrt
from chainrule.build.functions.comparison import less
from chainrule.build.functions.exponential import log
from chainrule.build.functions.ordering import argsort
from chainrule.build.functions.rounding import floor
from chainrule.build.functions.special import erfinv
from chainrule.build.functions.trigonometry import cos
from chainrule.build.primitives.random import RandomBits
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import DTypeError, OptionError

ShapeLike = int | Sequence[int]

LARGEST_SEED = 2**64 - 1


class Generator:
    """A stream of random numbers: Philox4x32-10 (Salmon et al. 2011), keyed by `seed`.

    The n-th draw of a generator is a function of the seed and n alone.

    >>> Generator(seed=0).uniform((2,)).shape
    (2,)
    """

    def __init__(self, seed: int) -> None:
        self.state = Variable(_initial(seed), name="random")

    def seed(self, seed: int) -> None:
        """Start again at the first draw of the stream `seed`."""
        self.state.assign(_initial(seed))

    def split(self) -> Generator:
        """Return an independent generator; its seed is drawn from this one."""
        low, high = (int(word) for word in self.bits((2,)).known())
        return Generator(low | high << 32)

    def bits(self, shape: ShapeLike) -> Tensor:
        """Return independent uniform 32-bit words."""
        state = self.state.__tensor__()
        words = RandomBits(as_shape(shape))(state)
        self.state.assign(state + np.array([0, 1], np.uint64))
        return words

    def uniform(
        self, shape: ShapeLike = (), low: float = 0.0, high: float = 1.0, dtype: Any = float32
    ) -> Tensor:
        """Return numbers uniform in [low, high): 24 random bits in float32, 53 in float64."""
        chosen = _real(dtype)
        unit = self._unit(as_shape(shape), chosen)
        return unit if (low, high) == (0.0, 1.0) else add(multiply(unit, high - low), low)

    def _unit(self, shape: Shape, dtype: DType) -> Tensor:
        if dtype == float32:
            return multiply(as_type(self.bits(shape) >> 8, float32), 2.0**-24)
        low, high = (as_type(self.bits(shape), uint64) for _ in range(2))
        words: Tensor = (high << 32 | low) >> 11
        return multiply(as_type(words, float64), 2.0**-53)

    def normal(
        self, shape: ShapeLike = (), mean: float = 0.0, std: float = 1.0, dtype: Any = float32
    ) -> Tensor:
        """Return normal numbers: √(−2 ln u)·cos 2πv for uniform u, v (Box and Muller 1958)."""
        lengths, chosen = as_shape(shape), _real(dtype)
        radius = sqrt(-2.0 * log(1.0 - self._unit(lengths, chosen)))
        unit = multiply(radius, cos(2.0 * math.pi * self._unit(lengths, chosen)))
        return add(multiply(unit, std), mean)

    def truncated_normal(
        self,
        shape: ShapeLike = (),
        mean: float = 0.0,
        std: float = 1.0,
        bound: float = 2.0,
        dtype: Any = float32,
    ) -> Tensor:
        """Return normal numbers within `bound` standard deviations of the mean, by inversion.

        √2 erf⁻¹(w) for w uniform between ±erf(bound/√2).
        """
        if bound <= 0:
            raise OptionError(f"bound must be positive, got {bound}")
        edge = math.erf(bound / math.sqrt(2.0))
        w = self.uniform(shape, -edge, edge, float64)
        unit = multiply(as_type(erfinv(w), _real(dtype)), math.sqrt(2.0))
        return add(multiply(unit, std), mean)

    def bernoulli(self, probability: float, shape: ShapeLike = ()) -> Tensor:
        """Return bools that are True with `probability`."""
        if not 0.0 <= probability <= 1.0:
            raise OptionError(f"a probability lies between 0 and 1, got {probability}")
        return less(self.uniform(shape), probability)

    def integers(self, low: int, high: int, shape: ShapeLike = ()) -> Tensor:
        """Return integers uniform in [low, high)."""
        if high <= low:
            raise OptionError(f"integers need low < high, got {low} and {high}")
        scaled = floor(self.uniform(shape, dtype=float64) * float(high - low))
        return add(as_type(scaled, int64), low)

    def permutation(self, count: int) -> Tensor:
        """Return the integers 0 … count−1 in random order."""
        return argsort(self.bits(as_shape(count)))


def _initial(seed: Any) -> Any:
    if not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise OptionError(f"a seed is an integer from 0 to 2**64 - 1, got {seed!r}")
    return np.array([seed, 0], np.uint64)


def _real(dtype: Any) -> DType:
    chosen = as_dtype(dtype)
    if chosen not in (float32, float64):
        raise DTypeError(f"random reals are float32 or float64, not {chosen}")
    return chosen


_default = Generator(seed=0)


def default_generator() -> Generator:
    """Return the generator that layers and samplers use when given none."""
    return _default


def seed(number: int) -> None:
    """Start the default generator anew: one seed fixes everything drawn after it."""
    _default.seed(number)
