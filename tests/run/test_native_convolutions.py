"""Convolutions in machine code: the interpreter's numbers, the same bits for any threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.leaf import constant
from chainrule.build.primitives.convolution import ChainConvolve, Convolve, Geometry, Part
from chainrule.build.tensor import Array
from chainrule.plan.kernel import Convolution, Store
from tests.run.compared import exactly, least_work

FORMS = {
    "plain": (Geometry((6, 5), (3, 3), (4, 3), (1, 1), (1, 1), (0, 0), 1), 40, 9, 5),
    "padded": (Geometry((5, 6), (3, 3), (5, 6), (1, 1), (1, 1), (1, 1), 1), 16, 17, 3),
    "strided": (Geometry((7, 6), (3, 2), (4, 3), (2, 2), (1, 1), (1, 0), 1), 33, 4, 20),
    "dilated": (Geometry((9,), (3,), (5,), (2,), (3,), (3,), 1), 5, 30, 6),
    "grouped": (Geometry((4, 4), (2, 2), (4, 4), (1, 1), (1, 1), (1, 0), 3), 18, 4, 2),
    "each channel alone": (Geometry((5,), (3,), (5,), (1,), (1,), (1,), 12), 20, 1, 1),
    "many weights": (Geometry((5, 5), (3, 3), (3, 3), (1, 1), (1, 1), (0, 0), 1), 16, 48, 48),
    "few large images": (Geometry((18, 20), (3, 3), (18, 20), (1, 1), (1, 1), (1, 1), 1), 4, 16, 3),
    "in depth": (
        Geometry((3, 4, 3), (2, 2, 1), (2, 3, 3), (1, 1, 1), (1, 1, 1), (0, 0, 0), 1),
        8,
        3,
        2,
    ),
}


def arrays(form: Geometry, n: int, o: int, c: int) -> dict[Part, Array]:
    random = np.random.default_rng(0)
    shapes = {
        Part.IMAGE: (n, form.groups * c, *form.image),
        Part.WEIGHTS: (form.groups * o, c, *form.taps),
        Part.RESULT: (n, form.groups * o, *form.result),
    }
    return {part: random.standard_normal(shape, np.float32) for part, shape in shapes.items()}


def convolution(form: Geometry, made: Part, kind: type[Convolve] = Convolve) -> Any:
    return cr.compile(kind(made, form).__call__)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("made", Part)
def test_the_numbers_and_the_bits(name: str, made: Part) -> None:
    form, *sizes = FORMS[name]
    given = [x for part, x in arrays(form, *sizes).items() if part is not made]
    expected = Convolve(made, form).evaluate(*(x.astype(np.float64) for x in given))
    with least_work(1):
        run = convolution(form, made)
        found = np.asarray(run(*given))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * abs(expected).max())
    for threads in (2, 3):
        with exactly(threads):
            assert np.asarray(run(*given)).tobytes() == found.tobytes()


@pytest.mark.parametrize("name", ["padded", "strided", "dilated", "grouped"])
@pytest.mark.parametrize("made", [Part.RESULT, Part.IMAGE])
def test_a_row_does_not_depend_on_its_batch(name: str, made: Part) -> None:
    form, _, o, c = FORMS[name]
    given = arrays(form, 40, o, c)
    other = Part.IMAGE if made is Part.RESULT else Part.RESULT
    results = []
    for count in (1, 3, 9, 40):
        rows = {**given, other: given[other][:count]}
        run = convolution(form, made)
        results.append(np.asarray(run(*(x for p, x in rows.items() if p is not made)))[0])
    assert len({row.tobytes() for row in results}) == 1


@pytest.mark.parametrize("made", Part)
def test_zeros_absorb_as_in_the_interpreter(made: Part) -> None:
    form, *sizes = FORMS["padded"]
    one, other = (x for part, x in arrays(form, *sizes).items() if part is not made)
    one[one > 0.5], other[other > 2.5] = 0.0, np.nan
    expected = ChainConvolve(made, form)(constant(one), constant(other)).known()
    found = np.asarray(convolution(form, made, ChainConvolve)(one, other))
    assert 0 < np.isnan(expected).sum() < np.isnan(Convolve(made, form).evaluate(one, other)).sum()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-5)


def test_weights_do_not_meet_the_padding() -> None:
    weight = np.full((1, 1, 3), [np.inf, 1.0, np.inf], np.float32)
    x = np.zeros((16, 1, 1), np.float32)
    padded = cr.compile(lambda x, w: nn.conv1d(x, w, padding=1))
    assert not np.asarray(padded(x, weight)).any()


def training(channels: int) -> tuple[nn.Module, Any]:
    cr.seed(0)
    model = nn.Sequential(
        nn.Conv2d(channels, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.ReLU(), nn.Flatten()
    )
    optimizer = optim.SGD(model, learning_rate=0.1)

    def step(x: Any) -> Any:
        loss = cr.mean(cr.square(model(x) - 1.0))
        optimizer.step(loss.backward())
        return loss

    return model, step


def test_what_follows_a_convolution_is_done_in_its_loop() -> None:
    _, step = training(2)
    compiled = cr.compile(step)
    compiled(np.ones((16, 2, 6, 6), np.float32))
    kernels = [k.kernel for k in compiled.kernels if isinstance(k.kernel, Convolution)]
    assert len(kernels) == 5  # two forward, two for the weights, one for what is between
    bodies = [[type(s).__name__ for s in kernel.body] for kernel in kernels]
    assert all(len(body) > 3 for body in bodies)
    updating = [k for k in kernels if k.sums is not None]
    roles = [s.view.buffer.role.name for k in updating for s in k.body if isinstance(s, Store)]
    assert roles == ["VARIABLE", "VARIABLE"]


def test_a_convolutional_network_trains_as_in_the_interpreter() -> None:
    x = np.random.default_rng(0).standard_normal((16, 2, 6, 6), np.float32)
    (one, slow), (other, fast) = training(2), training(2)
    compiled, interpreted = cr.compile(fast), cr.compile(slow, device="numpy")
    for _ in range(3):
        np.testing.assert_allclose(compiled(x), interpreted(x), rtol=1e-5)
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-4, atol=1e-6)
