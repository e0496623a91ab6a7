"""`einsum` against NumPy's: named cases, drawn subscripts, gradients, errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.functions.einsum import einsum
from chainrule.build.tensor import Array
from chainrule.derive.batch import vmap
from chainrule.derive.numeric import check_gradients
from chainrule.errors import ChainruleError, OptionError, ShapeError
from tests.build.samples.draw import reals

LENGTHS = {"a": 2, "b": 3, "c": 1, "d": 4, "e": 2}

CASES: list[tuple[str, list[Shape]]] = [
    ("i->i", [(3,)]),
    ("i->", [(3,)]),
    ("ij->ji", [(2, 3)]),
    ("ba", [(2, 3)]),
    ("ii", [(3, 3)]),
    ("ii->i", [(3, 3)]),
    ("iji->j", [(3, 2, 3)]),
    ("iii->i", [(3, 3, 3)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ij,jk->ki", [(2, 3), (3, 4)]),
    ("i,j->ij", [(2,), (3,)]),
    ("ij,ij->ij", [(2, 3), (2, 3)]),
    ("ij,ij->", [(2, 3), (2, 3)]),
    ("ij,k->k", [(2, 3), (4,)]),
    ("bhqd, bhkd -> bhqk", [(2, 3, 4, 5), (2, 3, 6, 5)]),
    ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]),
    ("ij,jk,ik->", [(2, 3), (3, 4), (2, 4)]),
    ("i,i,i->i", [(3,), (3,), (3,)]),
    ("ii,ij->j", [(3, 3), (3, 2)]),
    ("...", [(2, 3)]),
    ("...ij->...ji", [(5, 2, 3)]),
    ("i...->...", [(2, 3, 4)]),
    ("...ij,...jk->...ik", [(5, 1, 2, 3), (6, 3, 4)]),
    ("...i,...i", [(4, 2, 3), (1, 3)]),
    ("i...,j...->j...i", [(2, 4), (3, 5, 1)]),
    ("...,->...", [(2, 3), ()]),
    ("ij,jk->ik", [(2, 0), (0, 3)]),
    (",", [(), ()]),
]


def arrays(shapes: list[Shape]) -> list[Array]:
    generator = np.random.default_rng(0)
    return [generator.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize(("subscripts", "shapes"), CASES)
def test_like_numpy(subscripts: str, shapes: list[Shape]) -> None:
    xs = arrays(shapes)
    found, right = np.asarray(einsum(subscripts, *xs)), np.einsum(subscripts, *xs)
    assert found.shape == right.shape
    np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12)
    check_gradients(lambda *ys: einsum(subscripts, *ys), *xs)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[str, list[Array]]:
    """Subscripts of up to three terms with letters in any order, repeated or not, and arrays."""
    terms = draw(st.lists(st.text("abcde", max_size=3), min_size=1, max_size=3))
    letters = sorted(set("".join(terms)))
    output = draw(st.permutations(letters))[: draw(st.integers(0, len(letters)))]
    shapes = [tuple(LENGTHS[letter] for letter in term) for term in terms]
    return f"{','.join(terms)}->{''.join(output)}", [draw(reals(shape)) for shape in shapes]


@given(drawn())
def test_drawn_subscripts(case: tuple[str, list[Array]]) -> None:
    subscripts, xs = case
    found, right = np.asarray(einsum(subscripts, *xs)), np.einsum(subscripts, *xs)
    assert found.shape == right.shape
    np.testing.assert_allclose(found, right, rtol=1e-11, atol=1e-11)


@given(drawn())
def test_drawn_gradients(case: tuple[str, list[Array]]) -> None:
    subscripts, xs = case
    check_gradients(lambda *ys: einsum(subscripts, *ys), *xs)


def test_dots_that_the_output_lacks_are_summed_over() -> None:
    a, b = arrays([(2, 1, 3, 4), (5, 3)])
    found = np.asarray(einsum("...ik,...j->ij", a, b))
    np.testing.assert_allclose(found, np.einsum("abik,bj->ij", np.repeat(a, 5, 1), b), rtol=1e-12)
    check_gradients(lambda x, y: einsum("...ik,...j->ij", x, y), a, b)


def test_integers_stay() -> None:
    x = np.array([[1, 2], [3, 4]], "int32")
    found = np.asarray(einsum("ij,jk->", x, x))
    assert found.dtype == "int32"
    assert found == np.einsum("ij,jk->", x, x)


def test_batched_it_is_a_loop() -> None:
    a, b = arrays([(3, 2, 4), (3, 4, 2)])
    found = np.asarray(vmap(lambda x, y: einsum("ij,ji->i", x, y))(a, b))
    looped = [np.einsum("ij,ji->i", x, y) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(found, looped, rtol=1e-12)


@pytest.mark.parametrize(
    ("subscripts", "shapes", "error", "message"),
    [
        ("ij;jk", [(2, 2)], OptionError, "cannot read 'ij;jk'"),
        ("i..j", [(2, 2)], OptionError, "cannot read"),
        ("...i...", [(2, 2)], OptionError, "cannot read"),
        ("ij->i->j", [(2, 2)], OptionError, "cannot read"),
        ("ij,jk", [(2, 2)], OptionError, "for 2 arrays, got 1"),
        ("ij->ii", [(2, 2)], OptionError, "each of them once"),
        ("ij->ik", [(2, 2)], OptionError, "letters from the terms"),
        ("ij", [(2,)], ShapeError, r"'ij' does not fit the 1 axes .* \(2,\)"),
        ("i", [(2, 2)], ShapeError, r"'i' does not fit the 2 axes"),
        ("ij...", [(2,)], ShapeError, "does not fit"),
        ("ij,jk", [(2, 3), (4, 2)], ShapeError, r"\(2, 3\), \(4, 2\): 'j' .* lengths 3 and 4"),
        ("ii", [(2, 3)], ShapeError, "'i' stands for the lengths 2 and 3"),
        ("ij,jk", [(2, 3), (1, 2)], ShapeError, "lengths 3 and 1"),
        ("...,...", [(2,), (3,)], ShapeError, r"'\.\.\.' stands for the lengths 2 and 3"),
        ("...,...,...", [(2,), (1,), (3,)], ShapeError, "lengths 2 and 3"),
    ],
)
def test_errors(
    subscripts: str, shapes: list[Shape], error: type[ChainruleError], message: str
) -> None:
    with pytest.raises(error, match=message):
        einsum(subscripts, *arrays(shapes))
