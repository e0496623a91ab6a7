"""Layers one after the other: what they compute, what they refuse, how they draw their weights."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.build.random import seed
from chainrule.build.tensor import Array
from chainrule.build.variable import Variable
from chainrule.errors import OptionError, ShapeError
from chainrule.nn import initializers


def test_it_applies_one_layer_after_the_other() -> None:
    model = nn.Sequential(nn.Linear(3, 4, dtype="float64"), nn.Tanh(), nn.Linear(4, 2))
    x = np.linspace(-1.0, 1.0, 6).reshape(2, 3)
    state = model.state()
    hidden = np.tanh(x @ state["0.weight"].T + state["0.bias"]).astype(np.float32)
    expected = hidden @ state["2.weight"].T + state["2.bias"]
    np.testing.assert_allclose(model(x), expected, rtol=1e-6)


def test_without_layers_it_is_the_identity() -> None:
    x = object()
    assert nn.Sequential()(x) is x


def test_layers_are_taken_out_by_number_and_by_slice() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    assert len(model) == 3
    assert list(model) == [model[0], model[1], model[2]]
    assert isinstance(model[1:], nn.Sequential)
    assert list(model[1:]) == [model[1], model[2]]
    assert model[-1] is model[2]


def test_neighbors_that_do_not_fit_are_found_when_put_together() -> None:
    with pytest.raises(ShapeError) as raised:
        nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(6, 2))
    line = raised.traceback[0].lineno + 1
    assert str(raised.value) == (
        "Linear(6, 2) takes 6 features on the last axis and got 5 features from the layer before: "
        f"write inputs=5 or change what comes before (at test_sequential.py:{line}, in layer 2, "
        "Linear(6, 2))"
    )


@pytest.mark.parametrize(
    "between", [nn.Identity(), nn.Dropout(0.1), nn.Sequential(nn.Tanh()), nn.Residual(nn.Tanh())]
)
def test_they_are_found_behind_layers_that_keep_the_features(between: nn.Module) -> None:
    with pytest.raises(ShapeError, match=r"write inputs=5 .* in layer 2, Linear\(6, 2\)"):
        nn.Sequential(nn.Linear(4, 5), between, nn.Linear(6, 2))


def test_they_are_found_inside_nested_layers() -> None:
    with pytest.raises(ShapeError, match=r"in layer 1, Sequential > layer 0, Linear\(6, 2\)"):
        nn.Sequential(nn.Linear(4, 5), nn.Sequential(nn.Linear(6, 2)))


def test_what_gives_features_that_nobody_knows_fits_everything() -> None:
    class Own(nn.Module):
        pass

    for unknown in (Own(), nn.Flatten()):
        nn.Sequential(nn.Linear(4, 5), unknown, nn.Linear(6, 2))


def test_an_input_that_does_not_fit_is_explained() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 5))
    with pytest.raises(ShapeError) as raised:
        model(np.zeros((7, 3, 2), np.float32))
    line = raised.traceback[0].lineno + 1
    assert str(raised.value) == (
        "Linear(4, 5) takes 4 features on the last axis and got an array of shape (7, 6): write "
        f"inputs=6 or change what comes before (at test_sequential.py:{line}, in Sequential > "
        "layer 1, Linear(4, 5))"
    )


@pytest.mark.parametrize("wrong", [nn.relu, [nn.ReLU()], "tanh", nn.ReLU, None])
def test_what_is_no_module_is_refused(wrong: Any) -> None:
    message = f"layer 1 is {wrong!r}, which is no module: write nn.ReLU() rather than nn.relu"
    with pytest.raises(OptionError, match=re.escape(message)):
        nn.Sequential(nn.ReLU(), wrong)


HE, GLOROT = initializers.he_normal(), initializers.glorot_uniform()
LECUN = initializers.lecun_normal()


@pytest.mark.parametrize(
    ("behind", "initializer"),
    [
        ((), GLOROT),
        ((nn.ReLU(),), HE),
        ((nn.GELU(),), HE),
        ((nn.SiLU(),), HE),
        ((nn.ELU(),), HE),
        ((nn.LeakyReLU(0.2),), initializers.he_normal(0.2)),
        ((nn.PReLU(initial=0.3),), initializers.he_normal(0.3)),
        ((nn.SELU(),), LECUN),
        ((nn.Tanh(),), GLOROT),
        ((nn.Sigmoid(),), GLOROT),
        ((nn.Softmax(),), GLOROT),
        ((nn.Dropout(0.5), nn.Identity(), nn.ReLU()), HE),
        ((nn.Flatten(), nn.ReLU()), HE),
        ((nn.Sequential(nn.Identity(), nn.ReLU()),), HE),
        ((nn.Linear(64, 64), nn.ReLU()), GLOROT),
        ((nn.Residual(nn.ReLU()),), GLOROT),
    ],
)
def test_weights_are_drawn_to_suit_what_follows(
    behind: tuple[nn.Module, ...], initializer: initializers.Initializer
) -> None:
    seed(3)
    expected = nn.Linear(64, 64, initializer=initializer)
    seed(3)
    model = nn.Sequential(nn.Linear(64, 64), *behind)
    np.testing.assert_array_equal(model.state()["0.weight"], expected.weight)


def test_an_inner_sequential_suits_what_follows_it_outside() -> None:
    seed(3)
    expected = nn.Linear(64, 64, initializer=HE)
    seed(3)
    model = nn.Sequential(nn.Sequential(nn.Linear(64, 64)), nn.ReLU())
    np.testing.assert_array_equal(model.state()["0.0.weight"], expected.weight)


def test_the_initializer_that_the_user_chose_stays() -> None:
    chosen = nn.Linear(2, 2, initializer=initializers.constant(7.0))
    model = nn.Sequential(chosen, nn.ReLU())
    np.testing.assert_array_equal(model.state()["0.weight"], np.full((2, 2), 7.0))


def test_weights_that_are_drawn_stay() -> None:
    layer = nn.Linear(2, 2)
    before = np.array(layer.weight)
    np.testing.assert_array_equal(nn.Sequential(layer, nn.ReLU()).state()["0.weight"], before)


@pytest.mark.parametrize(
    "activation", [nn.ReLU(), nn.LeakyReLU(0.3), nn.SELU(), nn.GELU(), nn.ELU(), nn.Tanh()]
)
def test_the_default_keeps_signals_alive_through_ten_layers(activation: nn.Module) -> None:
    seed(0)
    layers = [layer for _ in range(10) for layer in (nn.Linear(256, 256), activation)]
    x = np.random.default_rng(0).standard_normal((64, 256))
    y = np.asarray(nn.Sequential(*layers)(x))
    assert 0.1 < np.sqrt(np.mean(y**2)) < 3.0


def test_gradients_of_all_parameters() -> None:
    """Backpropagation through a whole model against finite differences of each parameter."""
    model = nn.Sequential(
        nn.Linear(3, 4, dtype="float64"),
        nn.Tanh(),
        nn.Residual(nn.Linear(4, 4, dtype="float64"), nn.GELU()),
        nn.PReLU(4, dtype="float64"),
        nn.Linear(4, 2, dtype="float64"),
    )
    x = np.random.default_rng(0).standard_normal((5, 3))

    def loss() -> Any:
        return nn.cross_entropy(model(x), [0, 1, 1, 0, 1])

    gradients = loss().backward()
    assert set(gradients) == set(model.parameters())
    for variable in model.parameters():
        np.testing.assert_allclose(gradients[variable], measured(loss, variable), atol=1e-9)


def measured(loss: Any, variable: Variable) -> Array:
    """The gradient of the loss by central differences, one element after the other."""
    start, slope = np.array(variable), np.zeros(variable.shape)
    for place in np.ndindex(variable.shape):
        losses = []
        for step in (1e-5, -1e-5):
            moved = start.copy()
            moved[place] += step
            variable.assign(moved)
            losses.append(float(loss()))
        slope[place] = (losses[0] - losses[1]) / 2e-5
    variable.assign(start)
    return slope


def test_the_hand_worked_network() -> None:
    """Two inputs, two hidden and two output sigmoids: the errors before and after one step."""
    model = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2), nn.Sigmoid())
    model.load_state(
        {
            "0.weight": [[0.15, 0.20], [0.25, 0.30]],
            "0.bias": [0.35, 0.35],
            "2.weight": [[0.40, 0.45], [0.50, 0.55]],
            "2.bias": [0.60, 0.60],
        }
    )
    weights = dict(model.named_parameters())

    def error() -> Any:
        return 0.5 * nn.mse(model([0.05, 0.10]), [0.01, 0.99], reduction="sum")

    gradients = error().backward()
    assert float(error()) == pytest.approx(0.2983711088, rel=1e-6)
    for name in ("0.weight", "2.weight"):
        weights[name].assign(weights[name] - 0.5 * gradients[weights[name]])
    np.testing.assert_allclose(
        weights["0.weight"], [[0.14978072, 0.19956143], [0.24975114, 0.29950229]], rtol=1e-6
    )
    np.testing.assert_allclose(
        weights["2.weight"], [[0.35891648, 0.40866619], [0.51130127, 0.56137012]], rtol=1e-6
    )
    assert float(error()) == pytest.approx(0.2910277737, rel=1e-6)
