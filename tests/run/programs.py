"""Random programs over what has a native kernel, drawn so that two executors can be compared.

A value is `exact` where every order of computing it gives the same bits: whole numbers, or
multiples of 1/256 of moderate size. Steps with jumps (comparisons, rounding, conversions to
integers) are drawn on exact values alone; all others may also be computed from rounded ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

import chainrule as cr
from chainrule.array.dtype import ALL, DType, is_floating
from chainrule.array.shape import Shape

LENGTHS = (1, 2, 3, 5, 8, 16, 17, 33)
Function = Callable[..., Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Step:
    """A function of values made before; or, with a `target`, an assignment to a variable."""

    name: str
    function: Function
    operands: tuple[int, ...]
    target: int | None = None

    def __str__(self) -> str:
        return f"{self.name}{self.operands}" + ("" if self.target is None else f" -> {self.target}")


@dataclass
class Program:
    """Sources (arguments, then variables, then constants), steps over them, and what is wanted."""

    arguments: list[np.ndarray]
    variables: list[np.ndarray]
    constants: list[np.ndarray]
    steps: list[Step] = field(default_factory=list)
    results: list[int] = field(default_factory=list)
    loss: list[int] = field(default_factory=list)
    exact: set[int] = field(default_factory=set)
    scale: float = 1.0
    dtypes: set[DType] = field(default_factory=set)

    def cells(self) -> list[cr.Variable]:
        """New variables with the initial contents; those that can be trained are."""
        return [cr.Variable(x, trainable=is_floating(x.dtype)) for x in self.variables]

    def function(self, cells: Sequence[cr.Variable]) -> Function:
        """The program as a function of its arguments, over `cells` for variables."""

        def run(*arguments: Any) -> Any:
            values = [*arguments, *cells, *self.constants]
            for step in self.steps:
                perform(step, values)
            gradients: list[Any] = []
            if self.loss:
                found = sum_of([values[place] for place in self.loss]).backward()
                gradients = [found[cell] for cell in cells if cell in found]
            return [values[place] for place in self.results], gradients

        return run

    def __str__(self) -> str:
        sources = [*self.arguments, *self.variables, *self.constants]
        listed = [f"{place}: {x.dtype}{x.shape}" for place, x in enumerate(sources)]
        made = [f"{len(sources) + n}: {step}" for n, step in enumerate(self.steps)]
        counts = f"{len(self.arguments)} arguments, {len(self.variables)} variables"
        return "\n".join(["", counts, *listed, *made, f"{self.results=} {self.loss=}"])

    __repr__ = __str__


def sum_of(values: Sequence[Any]) -> Any:
    total = cr.sum(values[0])
    for value in values[1:]:
        total = total + cr.sum(value)
    return total


def perform(step: Step, values: list[Any]) -> None:
    """Append the step's result; an assignment appends what it assigned."""
    result = step.function(*(values[place] for place in step.operands))
    if step.target is not None:
        values[step.target].assign(result)
    values.append(result)


def unary(name: str) -> Function:
    function: Function = getattr(cr, name)
    return function


EXACT_UNARY = {
    "number": ("negative", "abs", "sign", "square"),
    "float": ("floor", "ceil", "trunc", "round", "isnan", "signbit"),
    "bits": ("bitwise_invert",),
}
EXACT_BINARY = {
    "any": ("equal",),
    "number": (
        *("add", "subtract", "multiply", "maximum", "minimum", "less", "less_equal"),
        *("floor_divide", "remainder"),
    ),
    "bits": ("bitwise_and", "bitwise_or", "bitwise_xor"),
    "integer": ("bitwise_left_shift", "bitwise_right_shift"),
}
SMOOTH_BINARY = ("add", "subtract", "multiply", "maximum", "minimum", "hypot", "logaddexp")
MULTIPLIES = ("square", "multiply", "matmul")
SMOOTH_UNARY: dict[str, Function] = {
    "exp": lambda x: cr.exp(cr.minimum(x, 3.0)),
    "expm1": lambda x: cr.expm1(cr.minimum(x, 3.0)),
    "log": lambda x: cr.log(x * x + 0.25),
    "log1p": lambda x: cr.log1p(x * x),
    "log2": lambda x: cr.log2(x * x + 0.25),
    "sqrt": lambda x: cr.sqrt(x * x + 0.25),
    "reciprocal": lambda x: 1.0 / (x * x + 0.25),
    "power": lambda x: (x * x + 0.5) ** 1.5,
    "mean": cr.mean,
    "softmax": lambda x: cr.softmax(x, axis=-1) if x.ndim and x.shape[-1] else -x,
    **{
        name: unary(name)
        for name in ("tanh", "sin", "cos", "sigmoid", "atan", "asinh", "erf", "negative", "abs")
    },
}
REDUCTIONS = ("sum", "max", "min")


@dataclass
class Drawing:
    """A program under construction, every value of it known."""

    draw: Draw
    program: Program
    values: list[Any] = field(default_factory=list)

    def one(self, options: Iterable[Any]) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def array(self, place: int) -> np.ndarray:
        return np.asarray(self.values[place])

    def places(self, wanted: Callable[[np.ndarray], bool], exact: bool = False) -> list[int]:
        pool = [p for p in range(len(self.values)) if not exact or p in self.program.exact]
        return [place for place in pool if wanted(self.array(place))]

    def take(self, name: str, function: Function, *operands: int, jumps: bool = False) -> bool:
        """Append a step if its value is fit for comparison; tell whether it was."""
        step = Step(name, function, operands)
        exact = set(operands) <= self.program.exact
        if jumps and not exact:
            return False
        with np.errstate(all="ignore"):
            perform(step, self.values)
        made = self.array(len(self.values) - 1)
        if made.size > 4000 or (is_floating(made.dtype) and largest(made) > 1000):
            self.values.pop()
            return False
        bits, most = (4, 16) if name in MULTIPLIES else (8, 4096)
        narrow = all(on_grid(self.array(place), bits, most) for place in operands)
        if exact and narrow and name not in SMOOTH_UNARY and on_grid(made, 8, 4096):
            self.program.exact.add(len(self.values) - 1)
        elif jumps:
            self.values.pop()
            return False
        self.program.steps.append(step)
        self.program.dtypes.add(made.dtype)
        self.program.scale = max(self.program.scale, largest(made))
        return True


def largest(x: np.ndarray) -> float:
    finite = x[np.isfinite(x)] if is_floating(x.dtype) else np.zeros(0)
    return float(np.abs(finite).max(initial=0.0))


def on_grid(x: np.ndarray, bits: int, most: float) -> bool:
    if not is_floating(x.dtype):
        return True
    finite = x[np.isfinite(x)] * 2**bits
    return bool((finite == np.rint(finite)).all()) and largest(x) <= most


def source(draw: Draw, dtype: DType, shape: Shape, special: bool) -> np.ndarray:
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    if not is_floating(dtype):
        wide = rng.integers(0, 2**63, shape, np.int64)
        bits = wide if dtype.itemsize == 8 else wide >> 20
        return bits.astype(dtype) if rng.random() < 0.5 else (bits % 5).astype(dtype)
    x = (rng.integers(-8, 9, shape) / 4).astype(dtype)
    if special and x.size:
        x.reshape(-1)[rng.integers(0, x.size, 2)] = rng.choice([np.nan, np.inf, -np.inf, -0.0], 2)
    return x


@st.composite
def programs(draw: Draw) -> Program:
    """A random program."""
    lengths = draw(st.lists(st.sampled_from(LENGTHS), min_size=3, max_size=3))
    if draw(st.integers(0, 9)) == 0:
        lengths[draw(st.integers(0, 2))] = 0
    shapes = [(), *((n,) for n in lengths), *product(lengths, lengths), tuple(lengths)]
    floating = draw(st.sampled_from([np.dtype(np.float32)] * 3 + [np.dtype(np.float64)]))
    special = draw(st.integers(0, 4)) == 0

    def sources(low: int, high: int) -> list[np.ndarray]:
        kinds = st.sampled_from([floating] * 6 + list(ALL))
        chosen = draw(
            st.lists(st.tuples(kinds, st.sampled_from(shapes)), min_size=low, max_size=high)
        )
        return [source(draw, dtype, shape, special) for dtype, shape in chosen]

    program = Program(sources(1, 3), sources(1, 3), sources(0, 1))
    cells = program.cells()
    drawing = Drawing(draw, program, [*program.arguments, *cells, *program.constants])
    program.exact.update(range(len(drawing.values)))
    for _ in range(draw(st.integers(5, 16))):
        drawing.one(KINDS)(drawing)
    _finish(drawing, floating)
    return program


def _finish(drawing: Drawing, floating: DType) -> None:
    program, last = drawing.program, len(drawing.values) - 1
    for place in range(len(program.variables)):
        if drawing.draw(st.booleans()):
            _assign(drawing, len(program.arguments) + place)
    chosen = drawing.draw(st.lists(st.integers(0, last), min_size=1, max_size=3))
    program.results = [*dict.fromkeys([last, *chosen])]
    summed = drawing.places(lambda x: x.dtype == floating and largest(x) < 100)
    tracked = [p for p in summed if getattr(drawing.values[p], "tracked", False)]
    program.loss = tracked[-2:]


def _assign(drawing: Drawing, target: int | None = None) -> None:
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
    kind = drawing.one(EXACT_UNARY)
    places = drawing.places(FITS[kind])
    if places:
        name = drawing.one(EXACT_UNARY[kind])
        drawing.take(name, getattr(cr, name), drawing.one(places), jumps=kind == "float")


def _binary_exact(drawing: Drawing) -> None:
    kind = drawing.one(EXACT_BINARY)
    pair = _pair(drawing, FITS[kind])
    if pair:
        name = drawing.one(EXACT_BINARY[kind])
        smooth = name in SMOOTH_BINARY
        drawing.take(name, getattr(cr, name), *pair, jumps=not smooth)


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
        name = drawing.one(SMOOTH_UNARY)
        drawing.take(name, SMOOTH_UNARY[name], drawing.one(places))


def _smooth_pair(drawing: Drawing) -> None:
    pair = _pair(drawing, FITS["float"])
    if pair:
        name = drawing.one(SMOOTH_BINARY)
        drawing.take(name, getattr(cr, name), *pair, jumps=False)


def _where(drawing: Drawing) -> None:
    pair = _pair(drawing, FITS["any"])
    masks = drawing.places(lambda x: x.dtype == np.bool_)
    masks = [mask for mask in masks if pair and meet(drawing, mask, *pair)]
    if pair and masks:
        drawing.take("where", cr.where, drawing.one(masks), *pair)


def _astype(drawing: Drawing) -> None:
    target = drawing.one(ALL)
    place = drawing.one(range(len(drawing.values)))
    x = drawing.array(place)
    integral = is_floating(x.dtype) and not is_floating(target) and target != np.bool_
    low = -60 if target.kind == "i" else 0
    if integral and not (np.isfinite(x).all() and (x >= low).all() and (x <= 120).all()):
        return  # beyond the integer type C leaves it open what a conversion gives
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
    if rank:
        lead = (slice(None),) * axis
        moves["flip"] = lambda x: cr.flip(x, axis=axis)
        moves["slice"] = lambda x: x[(*lead, slice(start, None, step))]
        moves["backwards"] = lambda x: x[(*lead, slice(None, None, -step))]
        moves["concat"] = lambda x: cr.concat([x, -x if x.dtype != np.bool_ else x], axis=axis)
        moves["merge"] = lambda x: cr.reshape(x, (shape[0], int(np.prod(shape[1:]))))
    name = drawing.one(moves)
    drawing.take(name, moves[name], place)


def _matmul(drawing: Drawing) -> None:
    matrices = drawing.places(lambda x: x.ndim >= 2 and x.dtype != np.bool_)
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
        turned = drawing.draw(st.booleans())
        place = drawing.one(matrices)
        drawing.take("matmul", lambda x: x.mT @ x if turned else x @ x.mT, place)


def can_stack(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError:
        return False
    return True


def _gather(drawing: Drawing) -> None:
    places = drawing.places(lambda x: x.ndim > 0 and 0 not in x.shape)
    if not places:
        return
    place = drawing.one(places)
    axis = drawing.draw(st.integers(0, drawing.array(place).ndim - 1))
    length = drawing.array(place).shape[axis]
    listed = drawing.draw(st.lists(st.integers(-length, length - 1), max_size=6))
    indices = np.array(listed, drawing.one([np.int64, np.int8, np.int32]))
    drawing.take("take", lambda x: cr.take(x, indices, axis=axis), place)


FITS: dict[str, Callable[[np.ndarray], bool]] = {
    "any": lambda _: True,
    "number": lambda x: x.dtype != np.bool_,
    "float": lambda x: is_floating(x.dtype),
    "bits": lambda x: not is_floating(x.dtype),
    "integer": lambda x: x.dtype.kind in "iu",
}
KINDS = [
    *(_unary_exact, _binary_exact, _binary_exact, _smooth, _smooth, _smooth_pair, _where),
    *(_astype, _reduce, _reduce, _move, _move, _matmul, _matmul, _gather, _assign),
]
