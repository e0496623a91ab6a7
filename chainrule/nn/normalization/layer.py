"""Layer normalization and its half, RMS normalization: each example by its own features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.array.dtype import float32
from chainrule.array.shape import Shape, as_shape
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import rsqrt, square
from chainrule.build.functions.manipulation import reshape
from chainrule.build.functions.reduction import mean
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.normalization.channels import Affine, positive_or_zero
from chainrule.nn.normalization.standard import standardized
from chainrule.nn.rows import rows_of

ShapeLike = int | Sequence[int]


def layer_norm(
    x: ArrayLike,
    shape: ShapeLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    epsilon: float = 1e-5,
) -> Tensor:
    """Return y = w·(x − μ)/√(σ² + ε) + b with the mean μ and variance σ² over the last axes.

    Shapes: x and y (…, *shape), w and b `shape`. Ba, Kiros & Hinton, Layer normalization (2016),
    equation 3.

    Errors: `ShapeError` where shapes do not fit.

    >>> layer_norm([[1.0, 3.0], [5.0, 5.0]], 2, epsilon=0.0)
    Tensor([[-1.,  1.],
            [ 0.,  0.]], float32)
    """
    (given,) = floating(x)
    last = _checked("layer_norm", given, as_shape(shape))
    rows = rows_of(given) if len(last) == 1 else given
    y = standardized(rows, _last_axes(rows, last), epsilon).result
    return reshape(_affine("layer_norm", y, last, weight, bias), given.shape)


def rms_norm(
    x: ArrayLike, shape: ShapeLike, weight: ArrayLike | None = None, *, epsilon: float = 1e-6
) -> Tensor:
    """Return y = w·x/√(mean x² + ε), the mean over the last axes.

    Shapes: x and y (…, *shape), w `shape`. Zhang & Sennrich, Root mean square layer normalization
    (NeurIPS 2019), equation 4.

    Errors: `ShapeError` where shapes do not fit.

    >>> rms_norm([3.0, -3.0], 2, epsilon=0.0)
    Tensor([ 1., -1.], float32)
    """
    (given,) = floating(x)
    last = _checked("rms_norm", given, as_shape(shape))
    rows = rows_of(given) if len(last) == 1 else given
    size = mean(square(rows), axis=_last_axes(rows, last), keepdims=True)
    y = _affine("rms_norm", rows * rsqrt(size + epsilon), last, weight, None)
    return reshape(y, given.shape)


def _checked(name: str, x: Tensor, shape: Shape) -> Shape:
    """The shape, where it is that of the last axes."""
    if not shape or x.shape[-len(shape) :] != shape:
        raise ShapeError(
            f"{name}: the last axes of the input must have shape {shape}, got an input of shape "
            f"{x.shape} (at {caller()})"
        )
    return shape


def _last_axes(x: Tensor, shape: Shape) -> tuple[int, ...]:
    return tuple(range(x.ndim - len(shape), x.ndim))


def _affine(
    name: str, x: Tensor, shape: Shape, weight: ArrayLike | None, bias: ArrayLike | None
) -> Tensor:
    """Return w·x + b, as far as they are given."""
    for what, values in (("weight", weight), ("bias", bias)):
        if values is not None and asarray(values).shape != shape:
            raise ShapeError(
                f"{name}: the {what} has shape {asarray(values).shape}, but must have that of "
                f"what is normalized, {shape} (at {caller()})"
            )
    if weight is not None:
        x = x * as_type(asarray(weight), x.dtype)
    return x if bias is None else x + as_type(asarray(bias), x.dtype)


class RowNorm(Affine):
    """What `LayerNorm` and `RMSNorm` have in common: the shape of what is normalized."""

    def __init__(
        self,
        shape: ShapeLike,
        epsilon: float,
        affine: bool = True,
        bias: bool = True,
        dtype: Any = float32,
    ) -> None:
        self.shape = as_shape(shape)
        if not self.shape:
            raise OptionError(f"{type(self).__name__}: shape must name at least one axis, got ()")
        self.epsilon = positive_or_zero(type(self).__name__, epsilon)
        self.learn(self.shape, affine, bias, dtype)

    def features_after(self, features: int | None) -> int:
        """Return the length of the last axis; raise `ShapeError` where `features` is another."""
        if features not in (None, self.shape[-1]):
            raise ShapeError(
                f"{self.title()} takes {self.shape[-1]} features and got {features} from the layer "
                f"before (at {caller()})"
            )
        return self.shape[-1]

    def arguments(self) -> str:
        """Return the shape of what is normalized."""
        return str(self.shape[0]) if len(self.shape) == 1 else str(self.shape)


class LayerNorm(RowNorm):
    """A layer of `layer_norm`: y = w·(x − μ)/√(σ² + ε) + b, μ and σ² those of each example.

    w and b are learnt where `affine`, b only with `bias`; they start at 1 and 0. Ba, Kiros &
    Hinton, Layer normalization (2016).

    Shapes: x and y (…, *shape), w = `weight` and b = `bias` `shape`.

    Errors: `OptionError` for an empty shape or ε below 0; called, `ShapeError` for an input with
    other last axes.

    >>> from chainrule import nn
    >>> nn.LayerNorm(2)([[1.0, 3.0]])
    Tensor([[-0.999995,  0.999995]], float32)
    """

    def __init__(
        self,
        shape: ShapeLike,
        epsilon: float = 1e-5,
        affine: bool = True,
        bias: bool = True,
        dtype: Any = float32,
    ) -> None:
        super().__init__(shape, epsilon, affine, bias, dtype)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (…, *shape)."""
        return layer_norm(self.given(x), self.shape, self.weight, self.bias, epsilon=self.epsilon)


class RMSNorm(RowNorm):
    """A layer of `rms_norm`: y = w·x/√(mean x² + ε), w learnt where `affine` and 1 at first.

    Zhang & Sennrich, Root mean square layer normalization (NeurIPS 2019).

    Shapes: x and y (…, *shape), w = `weight` `shape`.

    Errors: `OptionError` for an empty shape or ε below 0; called, `ShapeError` for an input with
    other last axes.

    >>> from chainrule import nn
    >>> nn.RMSNorm(2, epsilon=0.0)([[3.0, -3.0]])
    Tensor([[ 1., -1.]], float32)
    """

    def __init__(
        self,
        shape: ShapeLike,
        epsilon: float = 1e-6,
        affine: bool = True,
        dtype: Any = float32,
    ) -> None:
        super().__init__(shape, epsilon, affine, False, dtype)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (…, *shape)."""
        return rms_norm(self.given(x), self.shape, self.weight, epsilon=self.epsilon)
