"""Real programs in one place: steps of training and everything that a native program consists of.

Each is begun anew for every executor: a function, the arguments of its calls, and the variables
that the calls write. Their sizes fit no width of vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

import chainrule as cr
from chainrule import linalg, nn, optim
from chainrule.array.structure import flatten

Array = np.ndarray[Any, Any]
Function = Callable[..., Any]


@dataclass
class Begun:
    """A program that has not run yet."""

    function: Function
    calls: Sequence[tuple[Any, ...]]
    cells: Sequence[cr.Variable] = ()


def outcome(begun: Begun, device: str) -> tuple[list[Array], Any]:
    """The results of all calls and what the variables hold then; and the compiled function."""
    compiled = cr.compile(begun.function, device=device)
    with np.errstate(all="ignore"):
        made = [flatten(compiled(*arguments))[0] for arguments in begun.calls]
    values = [*(x for results in made for x in results), *begun.cells]
    return [np.asarray(x) for x in values], compiled


def numbers(*shape: int, dtype: Any = np.float32, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def network(lengths: Sequence[int], activation: type[nn.Module], **options: Any) -> nn.Sequential:
    layers: list[Any] = []
    for inputs, outputs in pairwise(lengths):
        layers += [nn.Linear(inputs, outputs, **options), activation()]
    return nn.Sequential(*layers[:-1])


def training(
    model: Any, optimizer: Any, rows: int, lengths: Sequence[int], dtype: Any = np.float32
) -> Begun:
    def step(x: Any, y: Any) -> Any:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    labels = np.random.default_rng(1).integers(0, lengths[-1], rows)
    calls = [(numbers(rows, lengths[0], dtype=dtype), labels)] * 3
    return Begun(step, calls, list(model.parameters()))


def table() -> Begun:
    """A small network on a table: its step is one thread's work."""
    cr.seed(0)
    lengths = (19, 61, 35, 3)
    model = network(lengths, nn.ReLU)
    return training(model, optim.Adam(model, learning_rate=1e-3), 29, lengths)


def images() -> Begun:
    """A wider network on images."""
    cr.seed(0)
    lengths = (131, 197, 70, 10)
    model = network(lengths, nn.Tanh)
    optimizer = optim.SGD(model, learning_rate=0.05, momentum=0.9)
    return training(model, optimizer, 67, lengths)


def doubles() -> Begun:
    cr.seed(0)
    lengths = (13, 21, 5)
    model = network(lengths, nn.Sigmoid, dtype="float64")
    return training(model, optim.Adam(model, learning_rate=1e-2), 11, lengths, np.float64)


def dropout() -> Begun:
    cr.seed(0)
    lengths = (9, 33, 4)
    layers = [nn.Linear(9, 33), nn.ReLU(), nn.Dropout(0.4), nn.Linear(33, 4)]
    model = nn.Sequential(*layers)
    return training(model, optim.SGD(model, learning_rate=0.1), 23, lengths)


def tails() -> Begun:
    """Arrays of all lengths around those of vectors."""
    lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129]

    def function(*arrays: Any) -> Any:
        return [(x * 2 + 1, cr.sum(x), cr.max(cr.abs(x)), cr.flip(x)) for x in arrays]

    return Begun(function, [tuple(numbers(n, seed=n) for n in lengths)])


FUNCTIONS: list[Function] = [
    *(cr.exp, cr.expm1, cr.log1p, cr.sin, cr.cos, cr.tan, cr.tanh, cr.sinh, cr.cosh),
    *(cr.atan, cr.asinh, cr.erf, cr.sigmoid),
]
REDUCTIONS: list[Function] = [cr.sum, cr.prod, cr.max, cr.min, cr.mean, cr.argmax, cr.argmin]
ALONG_LINES: list[Function] = [cr.sort, cr.argsort, cr.cumulative_sum, cr.cumulative_prod]


def mathematics() -> Begun:
    def function(*arrays: Any) -> Any:
        positive = [(cr.log(x * x), cr.sqrt(cr.abs(x)), cr.abs(x) ** 1.5) for x in arrays]
        return [of(x) for of in FUNCTIONS for x in arrays], positive

    return Begun(function, [(numbers(37), numbers(5, 7, dtype=np.float64))])


def reductions() -> Begun:
    def function(*arrays: Any) -> Any:
        axes = (0, 1, 2)
        whole = [of(x) for of in REDUCTIONS for x in arrays]
        along = [of(x, axis=n) for of in REDUCTIONS for x in arrays for n in axes]
        asked = [cr.any(x > 1, axis=n) & cr.all(x > -2, axis=n) for x in arrays for n in axes]
        return whole, along, asked, [cr.sum(x, axis=(0, 2)) for x in arrays]

    shape = 7, 19, 5
    whole = np.random.default_rng(2).integers(-2, 3, shape)
    return Begun(function, [(numbers(*shape), numbers(*shape, dtype=np.float64), whole)])


def lines() -> Begun:
    """What sorts, and what goes from step to step."""

    def function(*arrays: Any) -> Any:
        return [of(x, axis=axis) for of in ALONG_LINES for x in arrays for axis in (0, 1)]

    counted = np.random.default_rng(3).integers(-3, 4, (6, 35)).astype(np.int16)
    return Begun(function, [(numbers(17, 39), numbers(5, 9, dtype=np.float64), counted)])


def lookups() -> Begun:
    """An embedding, its gradient, and other ways to take by index."""
    embedding = cr.Variable(numbers(23, 11), trainable=True)

    def function(indices: Any, weights: Any) -> Any:
        taken = cr.take(embedding, indices, axis=0)
        loss = cr.sum(cr.square(taken) * weights[:, None])
        gradient = loss.backward()[embedding]
        embedding.assign(embedding - 0.01 * gradient)
        return taken, gradient, cr.take_along_axis(taken, indices[:, None] % 11, axis=1)

    indices = np.random.default_rng(4).integers(0, 23, 41)
    calls = [(indices, numbers(41)), (indices[::-1].copy(), numbers(41))]
    return Begun(function, calls, [embedding])


def absorbing() -> Begun:
    """Rows that are no numbers, masked: their zeros absorb what they meet in the products."""
    x, target = numbers(13, 5), numbers(13, 37, seed=1)
    x[3], x[7, 2], x[9, 0] = np.nan, np.inf, -np.inf
    mask = np.isfinite(x).all(axis=1)
    weight = cr.Variable(numbers(5, 37, seed=2), trainable=True)

    def function(x: Any, target: Any, mask: Any) -> Any:
        error = cr.where(mask[:, None], cr.square(cr.tanh(x @ weight) - target), 0.0)
        gradient = cr.sum(error).backward()[weight]
        weight.assign(weight - 0.1 * gradient)
        return gradient

    return Begun(function, [(x, target, mask)] * 2, [weight])


def products() -> Begun:
    """Products of all layouts, with what follows them in the same loop."""

    def function(*pairs: Any) -> Any:
        found = []
        for a, b in zip(pairs[::2], pairs[1::2], strict=True):
            # Lone, turned, from the other side, and behind one another.
            found += [a @ b, (a @ b).mT, b.mT @ a.mT, cr.maximum(a @ b, 0) + 1, (a @ b) @ b.mT]
        return found

    rng, given = np.random.default_rng(5), []
    shapes = [(1, 1, 1), (3, 5, 7), (17, 33, 65), (31, 2, 129), (2, 130, 1), (64, 16, 48)]
    for dtype in (np.float32, np.float64, np.int32):
        for m, k, n in shapes if dtype == np.float32 else shapes[1:3]:
            given += [rng.integers(-4, 5, (m, k)).astype(dtype), numbers(k, n).astype(dtype)]
    stacked = [numbers(3, 6, 19), numbers(3, 19, 21)]
    return Begun(function, [(*given, *stacked)])


def convolutions() -> Begun:
    """A convolutional network: with a stride, padded, in groups, and one that enlarges."""
    cr.seed(0)
    model = nn.Sequential(
        *(nn.Conv2d(2, 18, 3, 2, padding=1), nn.ReLU(), nn.Conv2d(18, 4, 2, groups=2), nn.Tanh()),
        *(nn.ConvTranspose2d(4, 3, 2, 2), nn.ReLU(), nn.Flatten(), nn.Linear(216, 5)),
    )
    optimizer = optim.Adam(model, learning_rate=1e-2)

    def step(x: Any, y: Any) -> Any:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    labels = np.random.default_rng(1).integers(0, 5, 21)
    return Begun(step, [(numbers(21, 2, 14, 8), labels)] * 3, list(model.parameters()))


def matrices() -> Begun:
    """Matrices factored and solved with, whole vectors long and with a rest."""

    def function(*stacks: Any) -> Any:
        found = []
        for a in stacks:
            symmetric = a @ a.mT + 2.0 * np.eye(a.shape[-1], dtype=a.dtype)
            found += [linalg.solve(a, symmetric), linalg.det(a), linalg.cholesky(symmetric)]
            found += [*linalg.qr(a), linalg.eigvalsh(symmetric), *linalg.svd(a)[1:2]]
        return found

    def regular(*shape: int, dtype: Any = np.float32) -> Array:
        made: Array = numbers(*shape, dtype=dtype) / 5 + 2 * np.eye(shape[-1], dtype=dtype)
        return made

    return Begun(function, [(regular(3, 19, 19), regular(9, 9, dtype=np.float64))])


PROGRAMS: dict[str, Callable[[], Begun]] = {
    made.__name__: made
    for made in (
        *(table, images, doubles, dropout, tails, mathematics),
        *(reductions, lines, lookups, absorbing, products, convolutions, matrices),
    )
}
