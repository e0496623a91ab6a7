"""Convolution against its definition, sum by sum, and what zeros and padding do in it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from chainrule.build.leaf import constant
from chainrule.build.primitives.convolution import ChainConvolve, Convolve, Geometry, Part
from chainrule.build.tensor import Array
from chainrule.errors import DTypeError, ShapeError

PLAIN = Geometry((5,), (3,), (5,), (1,), (1,), (1,), 1)
GEOMETRIES = [
    PLAIN,
    Geometry((6, 5), (3, 2), (3, 4), (2, 1), (1, 2), (1, 0), 2),
    Geometry((4,), (2,), (9,), (1,), (3,), (-1,), 1),
    Geometry((3, 4, 2), (2, 1, 2), (2, 2, 3), (1, 2, 1), (1, 1, 1), (0, 0, 1), 2),
]


def arrays(form: Geometry, n: int = 2, o: int = 3, c: int = 2) -> dict[Part, Array]:
    random = np.random.default_rng(0)
    return {
        Part.IMAGE: random.standard_normal((n, form.groups * c, *form.image)),
        Part.WEIGHTS: random.standard_normal((form.groups * o, c, *form.taps)),
        Part.RESULT: random.standard_normal((n, form.groups * o, *form.result)),
    }


def defined(form: Geometry, made: Part, given: dict[Part, Array], absorbs: bool = False) -> Array:
    """The sums one by one; where a zero absorbs, without its products."""
    total = np.zeros(given[made].shape)
    n, c = given[Part.IMAGE].shape[0], given[Part.WEIGHTS].shape[1]
    o = given[Part.WEIGHTS].shape[0] // form.groups
    for g, a, b, d in product(range(form.groups), range(n), range(o), range(c)):
        for p, t in product(np.ndindex(*form.result), np.ndindex(*form.taps)):
            terms = zip(form.strides, p, form.dilations, t, form.low, strict=True)
            i = tuple(s * x + step * tap - low for s, x, step, tap, low in terms)
            if all(0 <= place < length for place, length in zip(i, form.image, strict=True)):
                places = {
                    Part.IMAGE: (a, g * c + d, *i),
                    Part.WEIGHTS: (g * o + b, d, *t),
                    Part.RESULT: (a, g * o + b, *p),
                }
                one, other = (given[part][places[part]] for part in Part if part is not made)
                if not absorbs or (one and other):
                    total[places[made]] += one * other
    return total


def called(form: Geometry, made: Part, given: dict[Part, Any], kind: Any = Convolve) -> Array:
    primitive = kind(made, form)
    found: Array = primitive(*(constant(given[part]) for part in primitive.given)).known()
    return found


@pytest.mark.parametrize("form", GEOMETRIES)
@pytest.mark.parametrize("made", Part)
def test_the_definition(form: Geometry, made: Part) -> None:
    given = arrays(form)
    np.testing.assert_allclose(called(form, made, given), defined(form, made, given), atol=1e-12)


@pytest.mark.parametrize("form", GEOMETRIES)
def test_the_cost_counts_what_is_multiplied(form: Geometry) -> None:
    given = arrays(form, n=1, o=1, c=1)
    ones = {part: np.ones_like(x) for part, x in given.items()}
    primitive = Convolve(Part.RESULT, form)
    specs = [constant(ones[part]).spec for part in primitive.given]
    assert primitive.cost(*specs).flops == 2 * defined(form, Part.RESULT, ones).sum()


def test_weights_do_not_meet_the_padding() -> None:
    given = arrays(PLAIN)
    given[Part.WEIGHTS][..., 0] = np.inf
    given[Part.IMAGE][..., 0] = 0.0  # inf · 0 is NaN, where they do meet
    y = called(PLAIN, Part.RESULT, given)
    assert np.isfinite(y[..., 0]).all()
    assert np.isnan(y[..., 1]).all()


@pytest.mark.parametrize("made", Part)
def test_a_zero_absorbs_what_is_no_number(made: Part) -> None:
    given = arrays(PLAIN)
    one, other = (part for part in Part if part is not made)
    given[one][given[one] > 0] = 0.0
    given[other][given[other] > 1] = np.inf
    expected = defined(PLAIN, made, given, absorbs=True)
    np.testing.assert_allclose(called(PLAIN, made, given, ChainConvolve), expected, atol=1e-12)
    assert np.isnan(called(PLAIN, made, given)).any()
    assert not np.isnan(expected).any()


def test_one_type_and_shapes_that_fit() -> None:
    given = arrays(PLAIN)
    with pytest.raises(DTypeError, match="one data type"):
        called(PLAIN, Part.RESULT, {**given, Part.IMAGE: given[Part.IMAGE].astype(np.float32)})
    with pytest.raises(ShapeError, match=r"image has shape \(2, 2, 5\)"):
        called(PLAIN, Part.RESULT, {**given, Part.IMAGE: np.zeros((2, 2, 6))})
