"""Values and gradients, interpreted and compiled, against reference cases of PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.tensor import Array
from tests.golden import (
    activations,
    convolutions,
    elementwise,
    images,
    indexing,
    linear_algebra,
    losses,
    normalization,
    reductions,
    shapes,
)
from tests.golden.different import DIFFERENT
from tests.golden.later import LATER
from tests.golden.reference import (
    FOLDER,
    Call,
    Case,
    Results,
    cases,
    compiled,
    interpreted,
    operations,
)

TABLES = [
    activations.CALLS,
    convolutions.CALLS,
    elementwise.CALLS,
    images.CALLS,
    indexing.CALLS,
    linear_algebra.CALLS,
    losses.CALLS,
    normalization.CALLS,
    reductions.CALLS,
    shapes.CALLS,
]
CALLS: dict[str, Call] = {name: call for table in TABLES for name, call in table.items()}

# Both sides compute in float64; a sum in another order, or a function by another formula, is off by
# some units in the last place, relative to the largest number around.
TOLERANCE = 1e-11

needs_the_folder = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no reference cases: {FOLDER} is missing (see CHAINRULE_GOLDEN)"
)


def differences(case: Case, results: Results) -> Iterator[str]:
    """What differs from the reference: values, then gradients."""
    found, gradients = results
    for place, (y, output) in enumerate(zip(found, case.outputs, strict=True)):
        yield from difference(f"output {place}", np.asarray(y), output.value)
    for (name, expected), g in zip(case.gradients.items(), gradients, strict=True):
        yield from difference(f"gradient of {name}", np.asarray(g), expected)


def difference(what: str, found: Array, expected: Array) -> Iterator[str]:
    if found.shape != expected.shape:
        yield f"{what} has shape {found.shape}, not {expected.shape}"
        return
    finite = np.abs(expected[np.isfinite(expected)])
    scale = TOLERANCE * max(1.0, finite.max(initial=0.0))
    close = np.isclose(found, expected, rtol=TOLERANCE, atol=scale, equal_nan=True)
    if not close.all():
        place = tuple(np.argwhere(~close)[0])
        yield f"{what} at {list(map(int, place))}: {found[place]}, not {expected[place]}"


@needs_the_folder
def test_every_operation_is_called_or_has_a_reason() -> None:
    assert not set(CALLS) & set(LATER)
    assert sorted({*CALLS, *LATER}) == operations()
    assert len(CALLS) + len(LATER) == 234
    assert sum(map(len, TABLES)) == len(CALLS)


@needs_the_folder
@pytest.mark.parametrize("run", [interpreted, compiled])
@pytest.mark.parametrize("name", sorted(CALLS))
def test_operation(name: str, run: Callable[[Call, Sequence[Case]], Iterator[Results]]) -> None:
    listed = {(name, index): case for index, case in enumerate(cases(name))}
    results = zip(listed.items(), run(CALLS[name], list(listed.values())), strict=True)
    wrong = {key: list(differences(case, result)) for (key, case), result in results}
    found = {key: texts for key, texts in wrong.items() if texts}
    expected = {key for key in DIFFERENT if key[0] == name}
    assert {key: texts for key, texts in found.items() if key not in expected} == {}
    assert expected <= set(found), "these agree by now: take them out of DIFFERENT"
    assert all(text.startswith("gradient") for key in expected for text in found[key])


def of_sin(call: Call) -> tuple[Case, Results]:
    """The only case of the sine, and what `call` gives for it."""
    (case,) = cases("sin")
    return case, case.run(call, *case.given)


@needs_the_folder
def test_a_wrong_value_is_found() -> None:
    assert "output 0" in next(differences(*of_sin(lambda x: cr.sin(x) * (1 + 1e-9))))


@needs_the_folder
def test_a_wrong_gradient_is_found() -> None:
    (found,) = differences(*of_sin(lambda x: cr.sin(x) + 1e-9 * (x - cr.stop_gradient(x))))
    assert found.startswith("gradient of c0_0")


@needs_the_folder
def test_a_wrong_shape_is_found() -> None:
    (case,) = cases("sin")
    (found, *_) = difference("output 0", case.outputs[0].value[None], case.outputs[0].value)
    assert "has shape" in found


def test_numbers_that_are_none_are_told_apart() -> None:
    odd = np.array([np.nan, np.inf, -np.inf])
    assert not list(difference("output 0", odd, odd))
    assert list(difference("output 0", odd[::-1], odd))
    assert list(difference("output 0", np.zeros(3), odd))
