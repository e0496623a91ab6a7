"""The four steps of backpropagation on one example, with every number kept for reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.array.dtype import DType
from chainrule.array.shape import size_of
from chainrule.build.convert import asarray
from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.derive.forward import jacobian
from chainrule.derive.grad import grad
from chainrule.errors import ChainruleError, OptionError, ShapeError
from chainrule.nn.linear import Linear, linear
from chainrule.nn.module import Module
from chainrule.nn.sequential import Sequential
from chainrule.optim.check import at_least_zero
from chainrule.train.data import as_inputs
from chainrule.view.prose import written

Array = NDArray[Any]
Loss = Callable[..., Any]
Pair = tuple[Linear, Module | None]

MOST_PARAMETERS = 200
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Layer:
    """A linear layer and its activation f on one example, with all that the chain rule needs.

    net_j = Σ_i w_ji·given_i + b_j and out_j = f(net_j); `error` is ∂E/∂out, `slope` is ∂out/∂net.
    """

    activation: str
    weight: Array
    bias: Array | None
    fixed: tuple[str, ...]
    given: Array
    net: Array
    out: Array
    slope: Array
    error: Array

    @property
    def delta(self) -> Array:
        """∂E/∂net = ∂E/∂out · ∂out/∂net."""
        product: Array = self.error * self.slope
        return product

    @property
    def weight_gradient(self) -> Array:
        """∂E/∂w_ji = ∂E/∂net_j · given_i."""
        return np.outer(self.delta, self.given)


@dataclass(frozen=True)
class Walkthrough:
    """One step of gradient descent on one example; `print` it to read it.

    `loss` is the error before the step and `loss_after` with the new weights; `parts` is what each
    output contributes to the error, where the loss function tells.
    """

    layers: tuple[Layer, ...]
    target: Array
    parts: Array | None
    loss: float
    loss_after: float
    learning_rate: float

    def __str__(self) -> str:
        return written(self)

    def new_weight(self, layer: Layer) -> Array:
        """Return w − rate · ∂E/∂w; w itself where it is held fixed."""
        return self._moved(layer, "weight", layer.weight, layer.weight_gradient)

    def new_bias(self, layer: Layer) -> Array | None:
        """Return b − rate · ∂E/∂b; b itself where it is held fixed."""
        if layer.bias is None:
            return None
        return self._moved(layer, "bias", layer.bias, layer.delta)

    def _moved(self, layer: Layer, name: str, value: Array, gradient: Array) -> Array:
        return value if name in layer.fixed else value - self.learning_rate * gradient


def walkthrough(
    model: Sequential, x: Any, y: Any, *, loss: Loss, learning_rate: float = 0.5
) -> Walkthrough:
    """Return one step of training `model` on the example (x, y), every factor kept.

    `model` is a `Sequential` of `Linear` layers, each with an elementwise activation behind it or
    none. It stays as it is. A parameter that is not trainable is held fixed. `loss` takes batches,
    as all of `nn` do; it is given a batch of one.

    Errors: `OptionError` for other layers, more than 200 parameters or a negative learning rate,
    `ShapeError` for more than one example or one that does not fit.

    >>> from chainrule import nn
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2), nn.Sigmoid())
    >>> steps = walkthrough(model, [0.05, 0.10], [0.01, 0.99], loss=nn.mse)
    >>> steps.loss_after < steps.loss
    True
    """
    rate = at_least_zero("learning_rate", learning_rate)
    pairs = _pairs(model)
    example, target = _one_example(x, y, pairs[0][0].weight.dtype)
    model.features_after(len(example))
    outputs = _forward(pairs, example)
    error = np.asarray(grad(lambda out: loss(expand_dims(out, axis=0), target))(outputs[-1]))
    layers = _layers(pairs, example, error)
    before = _error(loss, outputs[-1], target)
    parts = _parts(loss, outputs[-1], target, before)
    steps = Walkthrough(layers, np.asarray(target)[0], parts, before, before, rate)
    _check(model, pairs, steps, loss(model(expand_dims(example, axis=0)), target))
    moved = [(steps.new_weight(layer), steps.new_bias(layer)) for layer in layers]
    after = _error(loss, _forward(pairs, example, moved)[-1], target)
    return replace(steps, loss_after=after)


def _pairs(model: Sequential) -> list[Pair]:
    count = sum(size_of(variable.shape) for variable in model.variables())
    if count > MOST_PARAMETERS:
        raise OptionError(
            f"the model has {count} parameters, too many to read one by one (at most "
            f"{MOST_PARAMETERS}); take a smaller one"
        )
    pairs: list[Pair] = []
    for layer in model:
        if isinstance(layer, Linear):
            pairs.append((layer, None))
        elif pairs and pairs[-1][1] is None and not layer.variables():
            pairs[-1] = (pairs[-1][0], layer)
        else:
            raise OptionError(
                "walkthrough follows Linear layers with one activation behind each, "
                f"not {layer.title()}"
            )
    if not pairs:
        raise OptionError("walkthrough needs at least one Linear layer")
    return pairs


def _one_example(x: Any, y: Any, dtype: DType) -> tuple[Tensor, Tensor]:
    """Return the input, and a batch of one target; floating numbers become `dtype`."""
    example, target = as_inputs(x, dtype), as_inputs(y, dtype)
    if example.ndim != 1:
        raise ShapeError(
            f"walkthrough follows one example, an array with one axis, got shape {example.shape}; "
            "give x[0] and y[0]"
        )
    return asarray(example.astype(dtype)), asarray(target[np.newaxis])


def _forward(
    pairs: Sequence[Pair], example: Tensor, weights: Sequence[tuple[Any, Any]] | None = None
) -> list[Tensor]:
    """Return the output of every layer, with the layers' own weights or others."""
    outputs: list[Tensor] = []
    given = example
    for index, (layer, activation) in enumerate(pairs):
        weight, bias = weights[index] if weights else (layer.weight, layer.bias)
        net = linear(given, weight, bias)
        given = net if activation is None else activation(net)
        outputs.append(given)
    return outputs


def _layers(pairs: Sequence[Pair], example: Tensor, error: Array) -> tuple[Layer, ...]:
    """Return the layers with errors carried from the last to the first: eₗ = Wₗ₊₁ᵀ δₗ₊₁."""
    outputs = _forward(pairs, example)
    inputs = [example, *outputs[:-1]]
    layers: list[Layer] = []
    for pair, given, out in zip(reversed(pairs), reversed(inputs), reversed(outputs), strict=True):
        layers.append(_layer(pair, np.asarray(given), np.asarray(out), error))
        error = layers[-1].weight.T @ layers[-1].delta
    return tuple(reversed(layers))


def _layer(pair: Pair, given: Array, out: Array, error: Array) -> Layer:
    layer, activation = pair
    net = linear(given, layer.weight, layer.bias)
    named: list[tuple[str, Variable | None]] = [("weight", layer.weight), ("bias", layer.bias)]
    return Layer(
        activation="" if activation is None else type(activation).__name__.lower(),
        weight=np.asarray(layer.weight),
        bias=None if layer.bias is None else np.asarray(layer.bias),
        fixed=tuple(name for name, held in named if held is not None and not held.trainable),
        given=given,
        net=np.asarray(net),
        out=out,
        slope=_slope(activation, net),
        error=error,
    )


def _slope(activation: Module | None, net: Tensor) -> Array:
    """The derivative of an elementwise activation at `net`."""
    if activation is None:
        return np.ones(net.shape, net.dtype)
    derivative = np.asarray(jacobian(activation)(net))
    if derivative.shape != 2 * net.shape or np.any(derivative != np.diag(np.diag(derivative))):
        raise OptionError(
            f"{activation.title()} mixes its inputs; walkthrough follows elementwise activations"
        )
    return np.diag(derivative)


def _error(loss: Loss, out: Tensor, target: Tensor) -> float:
    return float(loss(expand_dims(out, axis=0), target))


def _parts(loss: Loss, out: Tensor, target: Tensor, total: float) -> Array | None:
    """What each output contributes to the error, where the loss can tell it apart."""
    try:
        named = signature(loss).parameters
    except ValueError:  # a function in C need not say what it takes
        return None
    if "reduction" not in named:
        return None
    parts = np.asarray(loss(expand_dims(out, axis=0), target, reduction="none")).ravel()
    if parts.size != out.size or parts.sum() == 0:
        return None
    scaled: Array = parts * (total / parts.sum())
    return scaled


def _check(model: Sequential, pairs: Sequence[Pair], steps: Walkthrough, loss: Tensor) -> None:
    """Compare the products of factors with what the engine's backward pass gives."""
    if not model.parameters():
        return  # everything is held fixed: there is no gradient
    gradients = loss.backward()
    for (layer, _), found in zip(pairs, steps.layers, strict=True):
        products = ((layer.weight, found.weight_gradient), (layer.bias, found.delta))
        for variable, product in products:
            if variable in gradients:
                _compare(np.asarray(gradients[variable]), product, variable)


def _compare(gradient: Array, product: Array, variable: object) -> None:
    scale = max(float(abs(product).max()), float(np.finfo(product.dtype).tiny))
    if not np.allclose(gradient, product, rtol=TOLERANCE, atol=TOLERANCE * scale):
        raise ChainruleError(f"the factors of {variable} do not multiply to its gradient")
