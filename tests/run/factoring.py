"""A step of random programs: a well-conditioned matrix made of a value, factored or solved with."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import linalg
from chainrule.array.dtype import is_floating
from tests.run.drawing import Drawing
from tests.run.programs import Function

MOST = 17

WAYS: dict[str, Function] = {
    "cholesky": linalg.cholesky,
    "determinant": lambda a: linalg.slogdet(a).logabsdet,
    "solution": lambda a: linalg.solve(a, a[..., :1]),
    "triangular": lambda a: linalg.solve_triangular(a, a[..., :1]),
    "triangle": lambda a: linalg.qr(a).R,
    "eigenvalues": linalg.eigvalsh,
    "singular values": linalg.svdvals,
}


def factor(drawing: Drawing) -> None:
    """A factor, a solution or the eigenvalues of diag(1 … n) + uuᵀ, whose u is small."""
    places = drawing.places(lambda x: is_floating(x.dtype) and x.ndim > 0 and 0 not in x.shape)
    if not places:
        return
    place, name = drawing.one(places), drawing.one(WAYS)
    count = min(drawing.array(place).shape[-1], MOST)
    diagonal = np.diag(np.arange(1.0, count + 1))

    def made(x: Any) -> Any:
        finite = cr.where(cr.isfinite(x), x, 0.0)
        u = 0.25 * cr.expand_dims(cr.tanh(finite[..., :count]), axis=-1)
        return WAYS[name](u @ u.mT + diagonal.astype(x.dtype))

    drawing.take(name, made, place, rounded=True)
