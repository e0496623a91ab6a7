"""Embeddings and bags of them: values, gradients, refusals, native programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError
from tests.nn.native import check_native

GENERATOR = np.random.default_rng(3)
TABLE = GENERATOR.standard_normal((6, 4))
PLACES = np.array([[0, 5, 2], [2, 2, 1]])
LINE, OFFSETS = np.array([0, 5, 2, 2, 1, 4, 5]), np.array([0, 0, 3, 6])
FACTORS = GENERATOR.uniform(0.5, 1.5, 7)


def of_line(mode: str) -> Callable[..., Any]:
    return lambda w: nn.embedding_bag(LINE, w, OFFSETS, mode=mode, padding_index=4)


BAGS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    **{mode: (of_line(mode), (TABLE,)) for mode in ("sum", "mean", "max")},
    "rows": (lambda w: nn.embedding_bag(PLACES, w, mode="max", padding_index=2), (TABLE,)),
    "weights": (
        lambda w, f: nn.embedding_bag(LINE, w, OFFSETS, mode="sum", weights=f),
        (TABLE, FACTORS),
    ),
}


def test_rows_are_looked_up() -> None:
    assert np.array_equal(nn.embedding(PLACES, TABLE), TABLE[PLACES])


def test_what_is_looked_up_twice_gets_both_gradients() -> None:
    found = np.asarray(grad(lambda w: cr.sum(nn.embedding(PLACES, w)))(TABLE))
    assert found[:, 0].tolist() == [1, 1, 3, 0, 0, 1]


def test_padding_starts_at_zero_and_gets_no_gradient() -> None:
    layer = nn.Embedding(6, 4, padding_index=-4)
    loss = cr.sum(layer(PLACES) ** 2)
    assert np.array_equal(layer.state()["weight"][2], np.zeros(4))
    found = np.asarray(grad(lambda w: cr.sum(nn.embedding(PLACES, w, padding_index=2)))(TABLE))
    assert found[:, 0].tolist() == [1, 1, 0, 0, 0, 1]
    assert np.array_equal(np.asarray(loss.backward()[layer.weight])[2], np.zeros(4))


def test_long_rows_are_shortened() -> None:
    y = np.asarray(nn.embedding([0, 1], [[3.0, 4.0], [0.3, 0.4]], max_norm=1.0))
    np.testing.assert_allclose(y, [[0.6, 0.8], [0.3, 0.4]], rtol=1e-6)


@pytest.mark.parametrize("name", BAGS)
def test_bags_are_those_of_a_loop(name: str) -> None:
    function, arrays = BAGS[name]
    found = np.asarray(function(*arrays))
    bags = PLACES if name == "rows" else [LINE[:0], LINE[:3], LINE[3:6], LINE[6:]]
    padding = {"rows": 2, "weights": None}.get(name, 4)
    how = {"rows": "max", "weights": "sum"}.get(name, name)
    factors = FACTORS if name == "weights" else np.ones(7)
    kept = [[(n, factors[i]) for i, n in _with_places(bag, at) if n != padding]
            for at, bag in zip((0, 0, 3, 6), bags, strict=False)]  # fmt: skip
    for y, bag in zip(found, kept, strict=True):
        rows = np.array([TABLE[n] * f for n, f in bag]).reshape(-1, 4)
        expected = getattr(np, how)(rows, axis=0) if len(rows) else np.zeros(4)
        np.testing.assert_allclose(y, expected)


def _with_places(bag: Any, start: int) -> list[tuple[int, int]]:
    return [((start + place) % 7, int(n)) for place, n in enumerate(bag)]


@pytest.mark.parametrize("name", BAGS)
def test_gradients_of_bags(name: str) -> None:
    function, arrays = BAGS[name]
    check_gradients(lambda *given: cr.sum(function(*given) ** 2), *arrays)


@pytest.mark.parametrize("name", BAGS)
def test_native_bags(name: str) -> None:
    function, arrays = BAGS[name]
    check_native(function, *arrays)


def test_native_lookups() -> None:
    check_native(lambda n, w: nn.embedding(n, w, padding_index=2, max_norm=1.5), PLACES, TABLE)


def test_an_index_is_checked_in_a_program_too() -> None:
    layer = nn.Embedding(6, 4)
    looked_up = cr.compile(layer)
    looked_up(PLACES)
    for wrong in (PLACES + 4, PLACES - 1):
        with pytest.raises(DataError):
            looked_up(wrong)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: nn.Embedding(0, 4), OptionError, "count must be a positive integer"),
        (lambda: nn.Embedding(4, 4, padding_index=4), OptionError, "none of 4 rows"),
        (lambda: nn.embedding([1.0], TABLE), DTypeError, "must be integers"),
        (lambda: nn.embedding([6], TABLE), DataError, "index 6"),
        (lambda: nn.embedding([-1], TABLE), DataError, "index -1"),
        (lambda: nn.embedding([1], TABLE[0]), ShapeError, "needs shape"),
        (lambda: nn.embedding([1], TABLE, max_norm=0.0), OptionError, "max_norm"),
        (lambda: nn.EmbeddingBag(4, 4, mode="median"), OptionError, "mode must be"),
        (lambda: nn.embedding_bag(LINE, TABLE), ShapeError, "offsets where bags begin"),
        (
            lambda: nn.embedding_bag(LINE, TABLE, OFFSETS, weights=FACTORS),
            OptionError,
            "belong to a sum",
        ),
        (
            lambda: nn.embedding_bag(LINE, TABLE, OFFSETS, mode="sum", weights=FACTORS[1:]),
            ShapeError,
            "weights of shape",
        ),
    ],
)
def test_refusals(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
