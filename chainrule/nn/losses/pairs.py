"""Losses of pairs: two vectors or two scores, and what ought to hold between them."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import maximum, square
from chainrule.build.functions.comparison import where
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.distance import alike_vectors, cosine_similarity, pairwise_distance
from chainrule.nn.losses.reduction import SIGNS, alike, check_signs, check_values, reduce


def contrastive(
    first: ArrayLike,
    second: ArrayLike,
    similar: ArrayLike,
    *,
    margin: float = 1.0,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = ½ t d² + ½ (1 − t) max(0, m − d)², d = ‖x − y‖, where t is 1 for similar pairs.

    It draws similar pairs together and pushes others apart, up to the margin m. Hadsell, Chopra &
    LeCun, Dimensionality reduction by learning an invariant mapping (CVPR 2006), whose Y is 1 − t.

    Shapes: x and y (n, …, features), t (n, …), weights (n,) or (n, …), result () or, for "none",
    (n, …). Errors: `ShapeError` where they do not fit; `DataError` for t other than 0 and 1, where
    they are known; `OptionError` for a margin that is not positive or an unknown reduction.

    >>> contrastive([[0.0], [0.0]], [[2.0], [0.25]], [1, 0], reduction="none")
    Tensor([2.     , 0.28125], float32)
    """
    check_margin("contrastive", margin)
    x, y = alike_vectors("contrastive", first=first, second=second)
    t = one_each("contrastive", similar, x)
    check_values(
        "contrastive", "the target", t, lambda v: (v != 0) & (v != 1), "is neither 0 nor 1"
    )
    d = pairwise_distance(x, y, epsilon=0.0)
    losses = 0.5 * where(t > 0.5, square(d), square(maximum(margin - d, 0.0)))
    return reduce(losses, weights, reduction)


def cosine_embedding(
    first: ArrayLike,
    second: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1 − cos(x, y) for pairs with t = 1, and max(0, cos(x, y) − m) for t = −1.

    Shapes: as in `contrastive`. Errors: as there; `DataError` for a target other than −1 and 1,
    where they are known; `OptionError` for a margin outside −1 … 1.

    >>> cosine_embedding([[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [2.0, 0.0]], [1, -1])
    Tensor(1., float32)
    """
    if not -1.0 <= margin <= 1.0:
        raise OptionError(f"cosine_embedding: the margin is a cosine, −1 … 1, got {margin}")
    x, y = alike_vectors("cosine_embedding", first=first, second=second)
    t = one_each("cosine_embedding", target, x)
    check_signs("cosine_embedding", t)
    cosine = cosine_similarity(x, y)
    losses = where(t > 0, 1.0 - cosine, maximum(cosine - margin, 0.0))
    return reduce(losses, weights, reduction)


def cosine_distance(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    axis: int = -1,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1 − cos(p, t), from 0 for the same direction to 2 for opposite ones.

    Shapes: p and t (n, …, features), with the features along `axis`; result () or, for "none",
    (n, …). Errors: `ShapeError` where they differ, `OptionError` for an unknown reduction.

    >>> cosine_distance([[1.0, 0.0], [1.0, 0.0]], [[3.0, 0.0], [-3.0, 0.0]], reduction="none")
    Tensor([0., 2.], float32)
    """
    p, t = alike_vectors("cosine_distance", prediction=prediction, target=target)
    return reduce(1.0 - cosine_similarity(p, t, axis=axis), weights, reduction)


def margin_ranking(
    first: ArrayLike,
    second: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = max(0, m − t (x − y)) of two scores: x has to be larger where t = 1.

    Where t = −1, y has to be; the derivative at the kink is 0. Herbrich, Graepel & Obermayer, Large
    margin rank boundaries for ordinal regression (2000).

    Shapes: x, y and t (n, …). Errors: as in `mse`; `DataError` for a target 0, where they are
    known.

    >>> margin_ranking([0.5, 0.5], [0.0, 2.0], [1.0, 1.0], margin=1.0, reduction="none")
    Tensor([0.5, 2.5], float32)
    """
    x, y = floating(first, second)
    x, y = alike("margin_ranking", x, y, names=("first", "second"))
    x, t = alike("margin_ranking", x, target, names=("first", "target"))
    check_values("margin_ranking", "the target", t, lambda v: v == 0, SIGNS)
    return reduce(maximum(margin - t * (x - y), 0.0), weights, reduction)


def hinge_embedding(
    distance: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = d where t = 1, and max(0, m − d) where t = −1, for distances d of pairs.

    Shapes and errors: as in `mse`; `DataError` for a target other than −1 and 1, where they are
    known.

    >>> hinge_embedding([0.25, 0.25], [1.0, -1.0], reduction="none")
    Tensor([0.25, 0.75], float32)
    """
    d, t = alike("hinge_embedding", distance, target)
    check_signs("hinge_embedding", t)
    return reduce(where(t > 0, d, maximum(margin - d, 0.0)), weights, reduction)


def one_each(loss: str, target: ArrayLike, x: Tensor) -> Tensor:
    """Return the target as a tensor, checked to have one number for each vector of `x`."""
    t = as_type(asarray(target), x.dtype)
    if t.shape != x.shape[:-1]:
        raise ShapeError(
            f"{loss}: the target has shape {t.shape}; for vectors of shape {x.shape} it needs one "
            f"number each, {x.shape[:-1]} (at {caller()})"
        )
    return t


def check_margin(loss: str, margin: float) -> None:
    """Raise `OptionError` for a margin that nothing could violate."""
    if not margin > 0:
        raise OptionError(f"{loss}: the margin must be positive, got {margin}")
