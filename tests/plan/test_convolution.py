"""What is broadcast in a convolution, what lies on the lanes; what is counted and shared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.primitives.convolution import Convolve, Geometry, Part
from chainrule.errors import ChainruleError
from chainrule.plan.cost import flops
from chainrule.plan.kernel import Convolution, Kernel, Pack, Store
from chainrule.plan.machine import Machine
from chainrule.plan.memory import arrange
from chainrule.plan.phases import schedule
from chainrule.plan.races import check
from chainrule.plan.shares import share
from chainrule.plan.show import show
from chainrule.plan.units import split
from chainrule.run.machine_code import host
from chainrule.run.native import Native

FORM = Geometry((6, 6), (3, 3), (6, 6), (1, 1), (1, 1), (1, 1), 1)


def planned(made: Part, n: int, o: int, c: int, form: Geometry = FORM) -> list[Kernel]:
    """The kernels of one convolution of row-major arrays."""
    shapes = {
        Part.IMAGE: (n, c, *form.image),
        Part.WEIGHTS: (o, c, *form.taps),
        Part.RESULT: (n, o, *form.result),
    }
    given = [np.zeros(shapes[part], np.float32) for part in Part if part is not made]
    compiled = cr.compile(Convolve(made, form).__call__, device="native")
    compiled(*given)
    executor = compiled.program.executor
    assert isinstance(executor, Native)
    return list(executor.kernels)


def convolution(made: Part, n: int, o: int, c: int) -> Convolution:
    (found,) = (k for k in planned(made, n, o, c) if isinstance(k, Convolution))
    return found


@pytest.mark.parametrize(
    ("made", "sizes", "rows_depth_columns"),
    [
        (Part.RESULT, (64, 16, 3), (16, 3, 64)),
        (Part.RESULT, (2, 16, 3), (2, 3, 16)),
        (Part.IMAGE, (64, 16, 3), (3, 16, 64)),
        (Part.IMAGE, (1, 3, 32), (1, 3, 32)),
        (Part.WEIGHTS, (64, 16, 32), (32, 64, 16)),
        (Part.WEIGHTS, (64, 32, 1), (1, 64, 32)),
    ],
)
def test_lanes_are_filled(
    made: Part, sizes: tuple[int, int, int], rows_depth_columns: tuple[int, ...]
) -> None:
    kernel = convolution(made, *sizes)
    assert (*kernel.a.shape[-2:], kernel.b.shape[-1]) == rows_depth_columns
    assert kernel.b.strides[-1] == 1
    assert (kernel.sums is not None) == (made is Part.WEIGHTS)


@pytest.mark.parametrize("made", Part)
def test_padding_is_no_work(made: Part) -> None:
    kernel = convolution(made, 16, 8, 4)
    assert flops(kernel) == 2 * 16 * 8 * 4 * FORM.pairs()
    assert FORM.pairs() == (3 * 6 - 2) ** 2


def test_an_image_is_laid_out_once() -> None:
    kernels = planned(Part.RESULT, 64, 16, 3)
    assert [type(kernel).__name__ for kernel in kernels] == ["Pack", "Convolution", "Map"]
    assert isinstance(kernels[0], Pack)
    assert "convolve (1, 3, 3, 16, 3) × (1, 6, 6, 3, 64) at (1, 6, 6, 16, 64)" in show(kernels[1])


@pytest.fixture(scope="module")
def machine() -> Machine:
    return host()


@pytest.mark.parametrize("made", Part)
def test_units_share_what_is_made(made: Part, machine: Machine) -> None:
    kernel = convolution(made, 64, 40, 24)
    count = split(kernel, machine).count
    assert count > 36 or made is Part.WEIGHTS
    sizes = [
        sum(np.prod(view.shape) for view in share(kernel, first, first + 1, machine).writes)
        for first in range(count)
    ]
    made_in_all = share(kernel, 0, count, machine).writes
    assert sum(sizes) == sum(np.prod(view.shape) for view in made_in_all)


def test_places_that_overlap_are_found(machine: Machine) -> None:
    kernel = convolution(Part.RESULT, 64, 40, 24)
    (store,) = (s for s in kernel.body if isinstance(s, Store))
    strides = (store.view.strides[0], store.view.strides[2], *store.view.strides[2:])
    wrong = replace(kernel, body=(Store(replace(store.view, strides=strides), store.operand),))
    for one, is_right in ((kernel, True), (wrong, False)):
        arena = arrange([one])
        scheduled = schedule([one], arena, machine, 0)
        if is_right:
            check(scheduled, arena, machine)
        else:
            with pytest.raises(ChainruleError):
                check(scheduled, arena, machine)
