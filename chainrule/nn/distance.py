"""How far apart vectors are, and in how far they point the same way."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import maximum
from chainrule.build.functions.norm import norm, vector_norm
from chainrule.build.functions.reduction import sum
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError


def pairwise_distance(
    first: ArrayLike, second: ArrayLike, *, p: float = 2.0, epsilon: float = 1e-6, axis: int = -1
) -> Tensor:
    """Return the distance d = (Σ_k |x_k − y_k + ε|^p)^(1/p) of each vector x from its y.

    ε is PyTorch's; 0 gives the distance itself, whose derivative where x = y is 0.

    Shapes: x and y (…, features, …) alike, with the features along `axis`; d the same without it.
    Errors: `ShapeError` where the shapes differ, `OptionError` for p that is not positive.

    >>> pairwise_distance([[3.0, 4.0], [1.0, 1.0]], [[0.0, 0.0], [1.0, 1.0]], epsilon=0.0)
    Tensor([5., 0.], float32)
    """
    if not p > 0:
        raise OptionError(f"pairwise_distance: p must be positive, got {p}")
    x, y = alike_vectors("pairwise_distance", first=first, second=second)
    return vector_norm(x - y + epsilon, ord=p, axis=axis)


def cosine_similarity(
    first: ArrayLike, second: ArrayLike, *, axis: int = -1, epsilon: float = 1e-8
) -> Tensor:
    """Return the cosine of the angle between each vector x and its y, x·y / (‖x‖ ‖y‖).

    A length below `epsilon` counts as that, so that a vector of zeros is similar to none.

    Shapes and errors: as in `pairwise_distance`; `OptionError` for ε that is not positive.

    >>> cosine_similarity([[1.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [3.0, 0.0]])
    Tensor([0., 1.], float32)
    """
    if not epsilon > 0:
        raise OptionError(f"cosine_similarity: epsilon must be positive, got {epsilon}")
    x, y = alike_vectors("cosine_similarity", first=first, second=second)
    return sum(directions(x, axis, epsilon) * directions(y, axis, epsilon), axis=axis)


def directions(x: Tensor, axis: int = -1, epsilon: float = 1e-8) -> Tensor:
    """Return the vectors of `x` along `axis` divided by their lengths."""
    along: Tensor = x / maximum(norm(x, axis=axis, keepdims=True), epsilon)
    return along


def alike_vectors(name: str, **given: ArrayLike) -> tuple[Tensor, ...]:
    """Return the arrays as tensors of one data type, checked to be vectors of equal shapes."""
    found = floating(*given.values())
    shapes = [x.shape for x in found]
    if () in shapes or len(set(shapes)) > 1:
        listed = ", ".join(f"{key} {shape}" for key, shape in zip(given, shapes, strict=True))
        raise ShapeError(
            f"{name} takes vectors of equal shapes, such as (n, features), and got {listed}; they "
            f"are compared one by one and never broadcast (at {caller()})"
        )
    return found
