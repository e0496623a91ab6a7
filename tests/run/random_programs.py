"""The strategy that draws random programs."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import strategies as st

from chainrule.array.dtype import ALL, DType, is_floating
from chainrule.array.shape import Shape, size_of
from tests.run.drawing import Draw, Drawing, largest
from tests.run.programs import Program
from tests.run.steps import KINDS, assign

# Ones, primes, and what is left over behind vectors of 16 and 64 lanes.
LENGTHS = (1, 1, 2, 3, 5, 7, 8, 13, 15, 16, 17, 31, 33, 63, 64, 65, 100)
LARGEST = 8000


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
    drawn = [(), *((n,) for n in lengths), *product(lengths, lengths), tuple(lengths)]
    shapes = [shape for shape in drawn if size_of(shape) <= LARGEST]
    floating = draw(st.sampled_from([np.dtype(np.float32)] * 3 + [np.dtype(np.float64)]))
    special = draw(st.integers(0, 4)) == 0

    def sources(low: int, high: int, *first: DType) -> list[np.ndarray]:
        kinds = st.sampled_from([floating] * 6 + list(ALL))
        chosen = draw(
            st.lists(st.tuples(kinds, st.sampled_from(shapes)), min_size=low, max_size=high)
        )
        chosen += [(dtype, draw(st.sampled_from(shapes))) for dtype in first]
        return [source(draw, dtype, shape, special) for dtype, shape in chosen]

    program = Program(sources(1, 3), sources(0, 2, floating), sources(0, 1))
    cells = program.cells()
    drawing = Drawing(draw, program, [*program.arguments, *cells, *program.constants])
    program.exact.update(range(len(drawing.values)))
    for _ in range(draw(st.integers(6, 20))):
        drawing.one(KINDS)(drawing)
    _finish(drawing, floating)
    program.least_work = draw(st.sampled_from([1, 1, 8192]))
    program.least_work = draw(st.sampled_from([1, 1, 8192]))
    return program


def _finish(drawing: Drawing, floating: DType) -> None:
    program, last = drawing.program, len(drawing.values) - 1
    for place in range(len(program.variables)):
        if drawing.draw(st.booleans()):
            assign(drawing, len(program.arguments) + place)
    used = {place for step in program.steps for place in step.operands}
    unused = [place for place in range(last + 1) if place not in used]
    chosen = drawing.draw(st.lists(st.integers(0, last), max_size=2))
    program.results = [*dict.fromkeys([*unused, *chosen])]
    summed = drawing.places(lambda x: x.dtype == floating and largest(x) < 100)
    tracked = [p for p in summed if getattr(drawing.values[p], "tracked", False)]
    others = drawing.draw(st.lists(st.sampled_from(tracked), max_size=3)) if tracked else []
    program.loss = [*dict.fromkeys([*tracked[-1:], *others])]
