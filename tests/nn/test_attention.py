"""Attention: against NumPy written out, with masks of every kind, and in native programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.tensor import Array
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import DTypeError, OptionError, ShapeError
from tests.nn.native import check_native

GENERATOR = np.random.default_rng(11)
Q = GENERATOR.standard_normal((2, 4, 5, 3))
K, V = GENERATOR.standard_normal((2, 4, 6, 3)), GENERATOR.standard_normal((2, 4, 6, 2))
SEEN = GENERATOR.random((2, 1, 5, 6)) < 0.7
BIAS = GENERATOR.standard_normal((5, 6))
CAUSAL = np.tri(5, 6, dtype=bool)
WEIGHTS = GENERATOR.standard_normal((2, 4, 5, 2))

sdpa = nn.scaled_dot_product_attention


def by_numpy(q: Array, k: Array, v: Array, seen: Any = True, added: Any = 0.0) -> Array:
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]) + added
    powers = np.where(seen, np.exp(scores), 0.0)
    total = powers.sum(-1, keepdims=True)
    mixed: Array = powers / np.where(total == 0, 1, total) @ v
    return mixed


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "bools": ({"mask": SEEN}, {"seen": SEEN}),
    "numbers": ({"mask": BIAS}, {"added": BIAS}),
    "causal": ({"is_causal": True}, {"seen": CAUSAL}),
    "both": ({"is_causal": True, "mask": SEEN}, {"seen": SEEN & CAUSAL}),
    "numbers, causal": ({"is_causal": True, "mask": BIAS}, {"seen": CAUSAL, "added": BIAS}),
}


@pytest.mark.parametrize("name", CASES)
def test_values(name: str) -> None:
    ours, theirs = CASES[name]
    np.testing.assert_allclose(sdpa(Q, K, V, **ours), by_numpy(Q, K, V, **theirs), rtol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_gradients(name: str) -> None:
    options, _ = CASES[name]
    check_gradients(lambda *given: cr.sum(sdpa(*given, **options) * WEIGHTS), Q, K, V)


@pytest.mark.parametrize("name", ["plain", "both"])
def test_second_derivatives(name: str) -> None:
    options, _ = CASES[name]
    check_gradients(lambda *given: cr.sum(sdpa(*given, **options) ** 2), Q, K, V, order=2)


@pytest.mark.parametrize("name", ["both", "numbers, causal"])
def test_native_programs(name: str) -> None:
    options, _ = CASES[name]
    check_native(lambda q, k, v: sdpa(q, k, v, **options), Q, K, V)


def test_the_scale_can_be_given() -> None:
    scaled = sdpa(Q, K, V, scale=1.0)
    np.testing.assert_allclose(scaled, by_numpy(Q * np.sqrt(3.0), K, V), rtol=1e-9)


def test_a_query_that_sees_nothing_gets_nothing_and_sends_nothing() -> None:
    seen = SEEN.copy()
    seen[0, 0, 2] = False
    y = np.asarray(sdpa(Q, K, V, seen))
    assert np.array_equal(y[0, :, 2], np.zeros((4, 2)))

    def loss(q: Any, k: Any) -> Any:
        return cr.sum(sdpa(q, k, V, seen) * WEIGHTS)

    dq, dk = (np.asarray(g) for g in grad(loss, argnums=(0, 1))(Q, K))
    assert np.array_equal(dq[0, :, 2], np.zeros((4, 3)))
    assert np.isfinite(dk).all()
    assert (dq[1] != 0).any()


def test_groups_of_heads_share_keys_and_values() -> None:
    k, v = K[:, :2], V[:, :2]
    repeated = by_numpy(Q, np.repeat(k, 2, 1), np.repeat(v, 2, 1), SEEN)
    np.testing.assert_allclose(sdpa(Q, k, v, SEEN, enable_gqa=True), repeated, rtol=1e-9)
    check_native(lambda q, k, v: sdpa(q, k, v, SEEN, enable_gqa=True), Q, k, v)


def test_dropout_leaves_weights_out() -> None:
    v = np.eye(6)
    generator = cr.Generator(seed=1)
    y = np.asarray(sdpa(Q[0, 0], K[0, 0], v, dropout=0.5, generator=generator))
    weights = np.asarray(sdpa(Q[0, 0], K[0, 0], v))
    kept = y != 0
    assert 0 < kept.sum() < y.size
    np.testing.assert_allclose(y[kept], 2.0 * weights[kept], rtol=1e-9)


def reference(layer: nn.MultiheadAttention, q: Array, k: Array, v: Array, **masks: Any) -> Array:
    """The layer by NumPy."""
    state = layer.state()
    width = q.shape[-1]
    parts = []
    for at, x in enumerate((q, k, v)):
        rows = slice(at * width, (at + 1) * width)
        y = x @ state["input.weight"][rows].T + state["input.bias"][rows]
        heads = y.reshape(*y.shape[:2], layer.heads, -1)
        parts.append(np.swapaxes(heads, 1, 2))
    mixed = np.swapaxes(by_numpy(*parts, **masks), 1, 2)
    joined: Array = mixed.reshape(*q.shape)
    return joined @ state["output.weight"].T + state["output.bias"]


def layer_of(**options: Any) -> nn.MultiheadAttention:
    cr.seed(0)
    layer = nn.MultiheadAttention(8, heads=2, dtype=np.float64, **options)
    for bias in (layer.input.bias, layer.output.bias):
        if bias is not None:
            bias.assign(GENERATOR.standard_normal(bias.shape))
    return layer


X, MEMORY = GENERATOR.standard_normal((3, 5, 8)), GENERATOR.standard_normal((3, 6, 8))


def test_several_heads_on_one_input() -> None:
    layer = layer_of()
    np.testing.assert_allclose(layer(X), reference(layer, X, X, X), rtol=1e-9)


def test_several_heads_on_a_memory() -> None:
    layer, values = layer_of(), MEMORY * 2.0
    expected = reference(layer, X, MEMORY, values)
    np.testing.assert_allclose(layer(X, MEMORY, values), expected, rtol=1e-9)
    np.testing.assert_allclose(layer(X[0], MEMORY[0], values[0]), expected[0], rtol=1e-9)


def test_masks_of_keys_and_places() -> None:
    layer = layer_of()
    present = np.arange(6) < np.array([[6], [4], [1]])
    mask = GENERATOR.random((5, 6)) < 0.8
    mask[:, 0] = True
    seen = present[:, None, None, :]
    found = layer(X, MEMORY, key_mask=present, mask=mask)
    expected = reference(layer, X, MEMORY, MEMORY, seen=seen & mask)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    found = layer(X, MEMORY, key_mask=present, mask=BIAS)
    expected = reference(layer, X, MEMORY, MEMORY, seen=seen, added=BIAS)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_weights_are_shares() -> None:
    y, weights = layer_of()(X, is_causal=True, need_weights=True)
    assert y.shape == X.shape
    np.testing.assert_allclose(cr.sum(weights, axis=-1), np.ones((3, 5)), rtol=1e-9)
    assert np.array_equal(np.triu(np.asarray(weights), 1), np.zeros((3, 5, 5)))
    _, each = layer_of()(X, need_weights=True, average_weights=False)
    assert each.shape == (3, 2, 5, 5)


def test_examples_may_be_the_second_axis() -> None:
    first, second = layer_of(), layer_of(batch_first=False)
    second.load_state(first.state())
    turned = np.swapaxes(np.asarray(second(np.swapaxes(X, 0, 1))), 0, 1)
    np.testing.assert_allclose(turned, first(X), rtol=1e-9)


def test_fewer_heads_of_keys_have_fewer_weights() -> None:
    layer = nn.MultiheadAttention(8, heads=4, kv_heads=2)
    assert layer.input.outputs == 8 + 4 + 4
    assert layer(X).shape == X.shape


def test_dropout_is_for_training() -> None:
    layer = layer_of(dropout=0.5)
    assert not np.array_equal(layer(X), layer(X))
    layer.evaluate()
    assert np.array_equal(layer(X), layer(X))


def test_native_layer() -> None:
    cr.seed(0)
    for layer in (
        nn.MultiheadAttention(8, heads=2, dtype=np.float64),
        nn.MultiheadAttention(
            8, heads=2, kv_heads=1, rotary=nn.RotaryEmbedding(4), dtype=np.float64
        ),
    ):
        y = np.asarray(layer(X, is_causal=True))
        found = cr.compile(lambda x, layer=layer: layer(x, is_causal=True))(X)
        np.testing.assert_allclose(found, y, rtol=1e-10)


def test_rotations_tell_distances_alone() -> None:
    for interleaved in (True, False):
        rotary = nn.RotaryEmbedding(4, interleaved=interleaved)
        q, k = GENERATOR.standard_normal((2, 1, 4))
        at = [
            float(cr.sum(rotary(q, positions=[s]) * rotary(k, positions=[t])))
            for s, t in ((0, 3), (7, 10), (100, 103))
        ]
        np.testing.assert_allclose(at, at[0], rtol=1e-5)
        turned = np.asarray(rotary(np.repeat(q, 6, 0)))
        np.testing.assert_allclose(np.sum(turned**2, -1), np.sum(q**2), rtol=1e-9)
        again = np.asarray(cr.compile(rotary)(np.repeat(q, 6, 0), np.arange(6)))
        np.testing.assert_allclose(again, turned, rtol=1e-6)


def test_slopes_prefer_what_is_near() -> None:
    bias = np.asarray(nn.alibi(4, 3, 3))
    assert bias.shape == (4, 3, 3)
    np.testing.assert_allclose(bias[:, 2, 0], -2.0 * 2.0 ** np.array([-2, -4, -6, -8.0]))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: sdpa(Q, K[..., :2], V), ShapeError, "do not fit"),
        (lambda: sdpa(Q, K, V[..., :2, :]), ShapeError, "value .* do not fit"),
        (lambda: sdpa(Q, K, V, np.ones((5, 6), int)), DTypeError, "a mask is bools"),
        (lambda: sdpa(Q, K, V, np.ones((7, 6), bool)), ShapeError, "do not broadcast"),
        (lambda: sdpa(Q, K[:, :3], V[:, :3], enable_gqa=True), ShapeError, "cannot share 3"),
        (lambda: sdpa(Q, K, V, dropout=1.0), OptionError, "dropout rate"),
        (lambda: nn.MultiheadAttention(8, heads=3), OptionError, "come out even"),
        (lambda: nn.MultiheadAttention(8, 2, rotary=nn.RotaryEmbedding(2)), OptionError, "(4)"),
        (lambda: layer_of()(X[..., :4]), ShapeError, "sequences of 8 features"),
        (lambda: layer_of()(X, key_mask=np.ones((3, 5))), DTypeError, "key_mask is bools"),
        (lambda: layer_of()(X, key_mask=np.ones((3, 6), bool)), ShapeError, "key_mask has shape"),
        (lambda: nn.RotaryEmbedding(3), OptionError, "odd number"),
        (lambda: nn.RotaryEmbedding(4)(Q), ShapeError, "vectors of 4 features"),
        (lambda: nn.RotaryEmbedding(4)(np.ones((2, 4)), [1]), ShapeError, "for 2 places"),
        (lambda: nn.SinusoidalPositions(4)(Q), ShapeError, "SinusoidalPositions.4. takes"),
    ],
)
def test_refusals(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_a_transformer_learns_to_reverse() -> None:
    cr.seed(0)
    embedding = nn.Embedding(6, 16)
    model = nn.Transformer(16, 2, 1, 1, 32, dropout=0.0, norm_first=True)
    head = nn.Linear(16, 6)
    optimizer = optim.Adam([*embedding.parameters(), *model.parameters(), *head.parameters()], 0.01)

    @cr.compile
    def step(x: Any, before: Any, y: Any) -> Any:
        places = nn.sinusoidal_positions(4, 16)
        source, target = (embedding(tokens) + places for tokens in (x, before))
        logits = head(model(source, target, is_causal=True))
        loss = nn.cross_entropy(logits, y)
        optimizer.step(loss.backward())
        return loss

    losses = []
    for _ in range(80):
        x = GENERATOR.integers(1, 6, (32, 4))
        y = x[:, ::-1]
        losses.append(float(step(x, np.pad(y[:, :-1], ((0, 0), (1, 0))), y)))
    assert np.mean(losses[-5:]) < 0.5 * losses[0]
