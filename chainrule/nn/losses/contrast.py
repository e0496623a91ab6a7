"""Contrastive losses of a batch: each example is told from all the others."""

from __future__ import annotations

import numpy as np

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.comparison import where
from chainrule.build.functions.linear_algebra import matmul, matrix_transpose
from chainrule.build.functions.manipulation import concat
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.distance import alike_vectors, directions
from chainrule.nn.losses.classification import cross_entropy


def info_nce(
    query: ArrayLike,
    key: ArrayLike,
    *,
    temperature: float = 0.07,
    symmetric: bool = False,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l_i = −log(exp s_ii / Σ_j exp s_ij), s_ij = cos(q_i, k_j) / τ, τ the `temperature`.

    Key i belongs to query i; the other keys of the batch are its negatives. `symmetric` takes the
    mean with the same loss of the keys. Van den Oord, Li & Vinyals, Representation learning with
    contrastive predictive coding (2018); the symmetric form is that of Radford et al., Learning
    transferable visual models from natural language supervision (ICML 2021).

    Shapes: q and k (n, features) with n of 2 or more, weights (n,), result () or, for "none", (n,).
    Errors: `ShapeError` where they do not fit; `OptionError` for a temperature that is not positive
    or an unknown reduction.

    >>> images, texts = [[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [0.0, 2.0]]
    >>> round(float(info_nce(images, texts, temperature=1.0)), 4)
    0.3133
    """
    q, k = _batch("info_nce", temperature, query=query, key=key)
    alike = matmul(directions(q), matrix_transpose(directions(k))) / temperature
    own = np.arange(len(q))
    losses = cross_entropy(alike, own, weights=weights, reduction=reduction)
    if not symmetric:
        return losses
    other = cross_entropy(matrix_transpose(alike), own, weights=weights, reduction=reduction)
    both: Tensor = 0.5 * (losses + other)
    return both


def nt_xent(
    first: ArrayLike,
    second: ArrayLike,
    *,
    temperature: float = 0.5,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l_i = −log(exp s_ij / Σ_(k≠i) exp s_ik) over the 2n views z of n examples.

    s is the cosine similarity divided by τ, the `temperature`, and j the other view of the example
    that i shows: view i of `first` belongs to view i of `second`. Chen, Kornblith, Norouzi &
    Hinton, A simple framework for contrastive learning of visual representations (ICML 2020).

    Shapes: both (n, features) with n of 2 or more, weights (n,), result () or, for "none", (2n,),
    those of `first` in front. Errors: as in `info_nce`.

    >>> views, others = [[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [0.0, 2.0]]
    >>> round(float(nt_xent(views, others, temperature=1.0)), 4)
    0.5514
    """
    x, y = _batch("nt_xent", temperature, first=first, second=second)
    z = directions(concat([x, y]))
    alike = matmul(z, matrix_transpose(z)) / temperature
    others = where(np.eye(len(z), dtype=bool), -np.inf, alike)
    partners = np.roll(np.arange(len(z)), len(x))
    each = None if weights is None else concat([weights, weights])
    return cross_entropy(others, partners, weights=each, reduction=reduction)


def _batch(loss: str, temperature: float, **given: ArrayLike) -> tuple[Tensor, ...]:
    if not temperature > 0:
        raise OptionError(f"{loss}: the temperature must be positive, got {temperature}")
    found = alike_vectors(loss, **given)
    if found[0].ndim != 2 or len(found[0]) < 2:
        raise ShapeError(
            f"{loss} tells the vectors of a batch apart and needs two or more, (n, features), got "
            f"{found[0].shape} (at {caller()})"
        )
    return found
