"""The steps that random programs are made of; each appends itself where something fits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

import chainrule as cr
from chainrule.array.dtype import ALL, is_floating
from chainrule.build.primitives.random import RandomBits
from tests.run.convolving import convolution
from tests.run.drawing import Drawing
from tests.run.factoring import factor
from tests.run.functions import (
    EXACT,
    EXACT_LINES,
    EXACT_PAIRS,
    JUMPING,
    REDUCTIONS,
    ROWS,
    SMOOTH,
    SMOOTH_PAIRS,
    STEPPING,
)
from tests.run.lookups import along, gather, scatter
from tests.run.programs import Function, Step, perform
from tests.run.slides import slide


def assign(drawing: Drawing, target: int | None = None) -> None:
    """Write one variable from any value that fits, itself and other variables included."""
    first = len(drawing.program.arguments)
    targets = range(first, first + len(drawing.program.variables))
    if not targets:
        return
    target = drawing.one(targets) if target is None else target
    like = drawing.array(target)
    fitting = drawing.places(lambda x: x.dtype == like.dtype and x.shape == like.shape)
    step = Step("assign", cr.asarray, (drawing.one(fitting),), target)
    perform(step, drawing.values)
    drawing.program.steps.append(step)
    made = len(drawing.values) - 1
    if step.operands[0] in drawing.program.exact:
        drawing.program.exact |= {made, target}
    else:
        drawing.program.exact -= {target}


def _unary_exact(drawing: Drawing) -> None:
    kind = drawing.one(EXACT)
    places = drawing.places(FITS[kind], exact=kind == "float")
    if places:
        name = drawing.one(EXACT[kind])
        drawing.take(name, EXACT[kind][name], drawing.one(places), jumps=kind == "float")


def _binary_exact(drawing: Drawing) -> None:
    kind = drawing.one(EXACT_PAIRS)
    pair = _pair(drawing, FITS[kind])
    if pair:
        name = drawing.one(EXACT_PAIRS[kind])
        smooth = name in SMOOTH_PAIRS
        drawing.take(name, EXACT_PAIRS[kind][name], *pair, jumps=not smooth)


def _pair(drawing: Drawing, wanted: Callable[[np.ndarray], bool]) -> tuple[int, int] | None:
    places = drawing.places(wanted)
    pairs = [
        (a, b)
        for a, b in product(places, places)
        if drawing.array(a).dtype == drawing.array(b).dtype and meet(drawing, a, b)
    ]
    return drawing.one(pairs) if pairs else None


def meet(drawing: Drawing, *places: int) -> bool:
    try:
        np.broadcast_shapes(*(drawing.array(place).shape for place in places))
    except ValueError:
        return False
    return True


def _smooth(drawing: Drawing) -> None:
    places = drawing.places(FITS["float"])
    if places:
        name = drawing.one(SMOOTH)
        drawing.take(name, SMOOTH[name], drawing.one(places), rounded=True)


def _rows(drawing: Drawing) -> None:
    places = drawing.places(lambda x: is_floating(x.dtype) and x.ndim > 0 and x.shape[-1] > 0)
    if places:
        name = drawing.one(ROWS)
        drawing.take(name, ROWS[name], drawing.one(places), rounded=True)


def _smooth_pair(drawing: Drawing) -> None:
    pair = _pair(drawing, FITS["float"])
    if pair:
        name = drawing.one(SMOOTH_PAIRS)
        rounded = name in ("divide", "atan2", "hypot", "logaddexp")
        drawing.take(name, SMOOTH_PAIRS[name], *pair, jumps=False, rounded=rounded)


def _where(drawing: Drawing) -> None:
    pair = _pair(drawing, FITS["any"])
    masks = drawing.places(lambda x: x.dtype == np.bool_)
    masks = [mask for mask in masks if pair and meet(drawing, mask, *pair)]
    if pair and masks:
        drawing.take("where", cr.where, drawing.one(masks), *pair)


def _astype(drawing: Drawing) -> None:
    target = drawing.one(ALL)
    place = drawing.one(range(len(drawing.values)))
    jumps = not is_floating(target)
    drawing.take(f"astype {target}", lambda x: cr.astype(x, target), place, jumps=jumps)


def _reduce(drawing: Drawing) -> None:
    place = drawing.one(range(len(drawing.values)))
    x = drawing.array(place)
    axes = tuple(axis for axis in range(x.ndim) if drawing.draw(st.booleans()))
    name = drawing.one(("any", "all", "sum") if x.dtype == np.bool_ else REDUCTIONS)
    if name in ("max", "min") and 0 in [x.shape[axis] for axis in axes]:
        return
    keep = drawing.draw(st.booleans())
    drawing.take(name, lambda x: getattr(cr, name)(x, axis=axes, keepdims=keep), place)


def _line(drawing: Drawing) -> None:
    """What works along one axis: it sorts, or goes from step to step."""
    places = drawing.places(lambda x: x.ndim > 0 and x.size > 0)
    if not places:
        return
    name, place = drawing.one((*JUMPING, *STEPPING)), drawing.one(places)
    x = drawing.array(place)
    axis = drawing.draw(st.integers(0, x.ndim - 1))
    function = getattr(cr, name)
    rounded = name not in EXACT_LINES and is_floating(x.dtype)
    drawing.take(
        name, lambda x: function(x, axis=axis), place, jumps=name in JUMPING, rounded=rounded
    )


def _power(drawing: Drawing) -> None:
    places = drawing.places(FITS["integer"])
    if places:
        exponent = drawing.draw(st.integers(0, 5))
        drawing.take("integer power", lambda x: x**exponent, drawing.one(places))


def _random(drawing: Drawing) -> None:
    """Words of a stream and a draw that are the first numbers of some value."""
    places = drawing.places(lambda x: x.size > 1)
    if places:
        size = drawing.one((0, 1, 31, 32, 33, 100, 333))
        drawing.take("random", lambda x: words(x, size), drawing.one(places), jumps=True)


def words(x: Any, size: int) -> Any:
    return RandomBits((size,))(cr.astype(cr.reshape(x, (-1,))[:2], "uint64"))


def _move(drawing: Drawing) -> None:
    place = drawing.one(range(len(drawing.values)))
    shape = drawing.array(place).shape
    rank = len(shape)
    axis = drawing.draw(st.integers(0, max(rank - 1, 0)))
    order = tuple(drawing.draw(st.permutations(range(rank))))
    step, start = drawing.draw(st.sampled_from([1, 2])), drawing.draw(st.integers(0, 2))
    moves: dict[str, Function] = {
        "transpose": lambda x: cr.permute_dims(x, order),
        "flatten": lambda x: cr.reshape(x, (-1,) if 0 not in shape else (0,)),
        "expand": lambda x: cr.expand_dims(x, axis=axis),
        "broadcast": lambda x: cr.broadcast_to(x, (3, *shape)),
    }
    if rank > 1:
        moves["lower"] = cr.tril
    if rank:
        lead = (slice(None),) * axis
        moves["flip"] = lambda x: cr.flip(x, axis=axis)
        moves["slice"] = lambda x: x[(*lead, slice(start, None, step))]
        moves["backwards"] = lambda x: x[(*lead, slice(None, None, -step))]
        moves["concat"] = lambda x: cr.concat([x, -x if x.dtype != np.bool_ else x], axis=axis)
        moves["roll"] = lambda x: cr.roll(x, 3, axis=axis)
        moves["stack"] = lambda x: cr.stack([x, x], axis=axis)
        moves["merge"] = lambda x: cr.reshape(x, (shape[0], int(np.prod(shape[1:]))))
    name = drawing.one(moves)
    drawing.take(name, moves[name], place)


def _matmul(drawing: Drawing) -> None:
    matrices = drawing.places(lambda x: x.ndim >= 2)
    pairs = [
        (a, b)
        for a, b in product(matrices, matrices)
        if drawing.array(a).dtype == drawing.array(b).dtype
        and drawing.array(a).shape[-1] == drawing.array(b).shape[-2]
        and can_stack(drawing.array(a), drawing.array(b))
    ]
    if pairs and drawing.draw(st.booleans()):
        drawing.take("matmul", cr.matmul, *drawing.one(pairs))
    elif matrices:
        name = drawing.one(OWN_PRODUCTS)
        drawing.take(name, OWN_PRODUCTS[name], drawing.one(matrices))


OWN_PRODUCTS: dict[str, Function] = {
    "xᵀx": lambda x: x.mT @ x,
    "xxᵀ": lambda x: x @ x.mT,
    "x·row": lambda x: x @ x[(0,) * (x.ndim - 1)] if 0 not in x.shape else x,
    "row·xᵀ": lambda x: x[(0,) * (x.ndim - 1)] @ x.mT if 0 not in x.shape else x,
}


def _layer(drawing: Drawing) -> None:
    """A product with a matrix of its own, which may lie in memory either way, and what follows."""
    places = drawing.places(lambda x: is_floating(x.dtype) and x.ndim >= 2)
    if places:
        place = drawing.one(places)
        x = drawing.array(place)
        width, turned = drawing.one((1, 2, 10, 17, 33, 64, 65, 100)), drawing.one((False, True))
        rng = np.random.default_rng(width)
        weights = rng.integers(-2, 3, (x.shape[-1], width)) / 2
        given = weights.astype(x.dtype)
        given = np.ascontiguousarray(given.T).T if turned else given
        name = drawing.one(("plain", "relu", "tanh"))
        drawing.take(f"layer {name}", LAYERS[name](given), place, rounded=name == "tanh")


LAYERS: dict[str, Callable[[np.ndarray], Function]] = {
    "plain": lambda w: lambda x: x @ w,
    "relu": lambda w: lambda x: cr.maximum(x @ w, 0.0),
    "tanh": lambda w: lambda x: cr.tanh(0.1 * (x @ w)),
}


def can_stack(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError:
        return False
    return True


FITS: dict[str, Callable[[np.ndarray], bool]] = {
    "any": lambda _: True,
    "number": lambda x: x.dtype != np.bool_,
    "float": lambda x: is_floating(x.dtype),
    "bits": lambda x: not is_floating(x.dtype),
    "integer": lambda x: x.dtype.kind in "iu",
}
KINDS = [
    *(_unary_exact, _unary_exact, _binary_exact, _binary_exact, _binary_exact, _where),
    *(_smooth, _smooth, _smooth, _smooth, _smooth_pair, _smooth_pair, _rows),
    *(
        _astype,
        _reduce,
        _reduce,
        _move,
        _move,
        _matmul,
        _matmul,
        _layer,
        _layer,
        convolution,
        gather,
        scatter,
        along,
        assign,
    ),
    *(_line, _line, _power, _random, slide, factor),
]
