"""A walkthrough in words and numbers, for a terminal 80 columns wide.

Every equation is written three times: in symbols, in numbers, and as its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from chainrule.view.walkthrough import Layer, Walkthrough

Array = NDArray[Any]

WIDTH = 80
SIGNS = {"sigmoid": "σ", "tanh": "tanh", "relu": "relu"}
SLOPES = {
    "sigmoid": "{0} · (1 − {0})",
    "tanh": "1 − ({0})²",
}
REASONS = {"": "out = net", "relu": "1 if net > 0, else 0"}
# As many digits as the data type holds, but for the last ones, which rounding has touched.
DIGITS = {4: 7, 8: 10}


def written(steps: Walkthrough) -> str:
    """Return the walkthrough as text: network, forward pass, loss, backward pass, update."""
    return Prose(steps).text()


class Prose:
    """The text of one walkthrough, part by part.

    Inputs are called i1, i2, …, outputs o1, o2, …, hidden units h1, h2, … with the layer's number
    in front where there are several hidden layers; weights are numbered by unit and then by input,
    throughout, and so are biases.
    """

    def __init__(self, steps: Walkthrough) -> None:
        self.steps = steps
        self.layers = steps.layers
        self.last = len(steps.layers) - 1
        self.digits = DIGITS[steps.layers[0].net.dtype.itemsize]

    def text(self) -> str:
        """Return all parts, one after the other."""
        parts = (self.network, self.forward, self.loss, self.backward, self.update)
        return "\n\n".join("\n".join(part()) for part in parts)

    def number(self, value: float) -> str:
        """Return `value` with the digits that it has, without idle zeros."""
        return f"{value + 0.0:.{self.digits}g}".replace("-", "−")

    def factor(self, value: float) -> str:
        """Return `value` as it stands behind an operator: in brackets where it is negative."""
        shown = self.number(value)
        return f"({shown})" if value < 0 else shown

    def units(self, index: int) -> list[str]:
        """Return the names of the units of layer `index`; the inputs are layer −1."""
        if index == -1:
            return [f"i{unit + 1}" for unit in range(len(self.layers[0].given))]
        hidden = f"h{index + 1}." if self.last > 1 else "h"
        letter = "o" if index == self.last else hidden
        return [f"{letter}{unit + 1}" for unit in range(len(self.layers[index].out))]

    def inputs(self, index: int) -> list[str]:
        """Return what layer `index` is given, in symbols."""
        before = self.units(index - 1)
        return before if index == 0 else [f"out {unit}" for unit in before]

    def weights(self, index: int) -> list[list[str]]:
        """Return the names of the weights of layer `index`, by unit and input."""
        start = 1 + sum(layer.weight.size for layer in self.layers[:index])
        numbers = np.arange(self.layers[index].weight.size) + start
        return [[f"w{n}" for n in row] for row in numbers.reshape(self.layers[index].weight.shape)]

    def biases(self, index: int) -> list[str]:
        """Return the names of the biases of layer `index`."""
        start = 1 + sum(len(layer.out) for layer in self.layers[:index] if layer.bias is not None)
        return [f"b{start + unit}" for unit in range(len(self.layers[index].out))]

    def network(self) -> Iterator[str]:
        """Go through the inputs, the parameters by unit, and the targets."""
        sizes = [len(self.layers[0].given), *(len(layer.out) for layer in self.layers)]
        yield heading(f"The network {'-'.join(map(str, sizes))}")
        yield from wrapped("inputs   ", self._named(self.units(-1), self.layers[0].given))
        for index, layer in enumerate(self.layers):
            for row, unit in enumerate(self.units(index)):
                entries = self._named(self.weights(index)[row], layer.weight[row])
                yield from wrapped(f"into {unit:<4}", entries + self._bias(index, row))
        yield from wrapped("target   ", self._targets())
        yield f"rate      {self.number(self.steps.learning_rate)}"

    def _named(self, names: Sequence[str], values: Iterable[float]) -> list[str]:
        pairs = zip(names, values, strict=True)
        return [f"{name} = {self.number(value)}" for name, value in pairs]

    def _bias(self, index: int, row: int) -> list[str]:
        layer = self.layers[index]
        if layer.bias is None:
            return []
        held = " (held fixed)" if "bias" in layer.fixed else ""
        return [f"{self.biases(index)[row]} = {self.number(layer.bias[row])}{held}"]

    def _targets(self) -> list[str]:
        values = self.steps.target.ravel()
        if not self._is_compared():
            return [self.number(float(value)) for value in values]
        return self._named(self.units(self.last), values)

    def forward(self) -> Iterator[str]:
        """Go through the net inputs and outputs of all units."""
        yield heading("1. Forward pass")
        for index, layer in enumerate(self.layers):
            for row, unit in enumerate(self.units(index)):
                symbols = products(self.weights(index)[row], self.inputs(index))
                values = self._products(layer.weight[row], layer.given)
                if layer.bias is not None:
                    symbols.append(self.biases(index)[row])
                    values.append(self.factor(layer.bias[row]))
                yield from equation(f"net {unit}", symbols, values, self.number(layer.net[row]))
                yield self._activated(layer, unit, row)

    def _products(self, a: Iterable[float], b: Iterable[float]) -> list[str]:
        return products([*map(self.factor, a)], [*map(self.factor, b)])

    def _activated(self, layer: Layer, unit: str, row: int) -> str:
        sign = SIGNS.get(layer.activation, layer.activation)
        value = f"{sign}(net {unit})" if layer.activation else f"net {unit}"
        return f"out {unit} = {value} = {self.number(layer.out[row])}"

    def loss(self) -> Iterator[str]:
        """Go through the error of each output, where the loss tells it, and their total."""
        yield heading("2. Loss")
        parts = () if self.steps.parts is None else self.steps.parts
        for row, part in enumerate(parts):
            unit = self.units(self.last)[row]
            formula = f"½ (out {unit} − target)² = ½ ({self._difference(row)})² = "
            shown = formula if self._is_half_square() else ""
            yield f"E {unit} = {shown}{self.number(part)}"
        yield f"E    = {self.number(self.steps.loss)}" + (" in total" if len(parts) > 1 else "")

    def _difference(self, row: int) -> str:
        target = self.steps.target.ravel()[row]
        return f"{self.number(self.layers[-1].out[row])} − {self.factor(target)}"

    def _is_compared(self) -> bool:
        """Tell whether there is a number to reach for every output."""
        target = self.steps.target
        return target.dtype.kind == "f" and target.shape == self.layers[-1].out.shape

    def _is_softmax_cross_entropy(self) -> bool:
        """Tell whether the loss has the slopes of −log softmax(out) at the target's place."""
        target, out = self.steps.target, self.layers[-1].out
        if target.shape or target.dtype.kind not in "iu":
            return False
        slopes = softmax(out) - (np.arange(len(out)) == target)
        return bool(np.allclose(self.layers[-1].error, slopes, rtol=1e-5, atol=1e-6))

    def _is_half_square(self) -> bool:
        """Tell whether the loss, whatever it is called, has the slopes of ½ Σ (out − target)²."""
        last = self.layers[-1]
        return self._is_compared() and np.allclose(last.error, last.out - self.steps.target)

    def backward(self) -> Iterator[str]:
        """Go through the errors of all units and the gradients of their weights, last layer first.

        A weight that is held fixed has no gradient to show.
        """
        yield heading("3. Backward pass")
        yield "∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w, from the last layer to the first;"
        yield "∂net/∂w is what w is multiplied with."
        for index in reversed(range(len(self.layers))):
            for row, unit in enumerate(self.units(index)):
                yield ""
                yield from self._error(index, row, unit)
                yield from self._slope(self.layers[index], row, unit)
                yield from self._gradients(index, row, unit)

    def _error(self, index: int, row: int, unit: str) -> Iterator[str]:
        name, error = f"∂E/∂out {unit}", self.number(self.layers[index].error[row])
        if index < self.last:
            above = self.layers[index + 1]
            slopes = [f"∂E/∂net {name}" for name in self.units(index + 1)]
            symbols = products(slopes, [names[row] for names in self.weights(index + 1)])
            values = self._products(above.delta, above.weight[:, row])
            yield from equation(name, symbols, values, error)
        elif self._is_half_square():
            yield f"{name} = out {unit} − target = {self._difference(row)} = {error}"
        elif self._is_softmax_cross_entropy():
            share = self.number(softmax(self.layers[-1].out)[row])
            target = int(row == self.steps.target)
            yield f"{name} = softmax(out) − target = {share} − {target} = {error}"
        else:
            yield f"{name} = {error}   (the slope of the loss)"

    def _slope(self, layer: Layer, row: int, unit: str) -> Iterator[str]:
        name, slope = f"∂out/∂net {unit}", self.number(layer.slope[row])
        if layer.activation in SLOPES:
            formula = SLOPES[layer.activation]
            symbols, values = (
                formula.format(f"out {unit}"),
                formula.format(self.number(layer.out[row])),
            )
            yield from equation(name, [symbols], [values], slope)
        else:
            reason = REASONS.get(layer.activation)
            yield f"{name} = {slope}" + (f"   ({reason})" if reason else "")

    def _gradients(self, index: int, row: int, unit: str) -> Iterator[str]:
        layer = self.layers[index]
        error, slope = self.number(layer.error[row]), self.factor(layer.slope[row])
        delta = f"∂E/∂net {unit}"
        yield f"{delta} = {error} · {slope} = {self.number(layer.delta[row])}"
        named = zip(self.weights(index)[row], self.inputs(index), layer.given, strict=True)
        for column, (name, symbol, given) in enumerate(named):
            if "weight" not in layer.fixed:
                symbols = f"∂E/∂out {unit} · ∂out/∂net {unit} · {symbol}"
                values = f"{error} · {slope} · {self.factor(given)}"
                gradient = self.number(layer.weight_gradient[row, column])
                yield from equation(f"∂E/∂{name}", [symbols], [values], gradient)
        if layer.bias is not None and "bias" not in layer.fixed:
            yield f"∂E/∂{self.biases(index)[row]} = {delta} · 1 = {self.number(layer.delta[row])}"

    def update(self) -> Iterator[str]:
        """Go through the new value of everything that is not held fixed."""
        yield heading("4. Update")
        yield "new w = w − rate · ∂E/∂w"
        for index, layer in enumerate(self.layers):
            if "weight" not in layer.fixed:
                names = [name for row in self.weights(index) for name in row]
                yield from self._moves(names, layer.weight, layer.weight_gradient)
            if layer.bias is not None and "bias" not in layer.fixed:
                yield from self._moves(self.biases(index), layer.bias, layer.delta)
        yield f"E: {self.number(self.steps.loss)} → {self.number(self.steps.loss_after)}"

    def _moves(self, names: Sequence[str], old: Array, gradient: Array) -> Iterator[str]:
        rate = self.steps.learning_rate
        for name, value, slope in zip(names, old.ravel(), gradient.ravel(), strict=True):
            change = f"{self.number(value)} − {self.number(rate)} · {self.factor(slope)}"
            yield f"{name} = {change} = {self.number(value - rate * slope)}"


def softmax(x: Array) -> Array:
    """Return e^x / Σ e^x."""
    powers = np.exp(x - x.max())
    return np.asarray(powers / powers.sum())


def heading(text: str) -> str:
    """Return the title of a part, over the width of the terminal."""
    return f"── {text} ".ljust(WIDTH, "─")


def products(a: Sequence[str], b: Sequence[str]) -> list[str]:
    """Return the products of factors, in pairs."""
    return [f"{x}·{y}" for x, y in zip(a, b, strict=True)]


def equation(
    name: str, symbols: Sequence[str], values: Sequence[str], result: str
) -> Iterator[str]:
    """Go through the lines of `name` = Σ symbols = Σ values = result, equal signs in a column."""
    yield from wrapped(f"{name} =", symbols, " + ")
    yield from wrapped(f"{'':{len(name)}} =", values, " + ")
    yield f"{'':{len(name)}} = {result}"


def wrapped(head: str, entries: Sequence[str], join: str = "  ") -> Iterator[str]:
    """Go through the lines of entries behind `head`, broken before the edge of the terminal."""
    line = f"{head} {entries[0]}"
    for entry in entries[1:]:
        if len(line) + len(join) + len(entry) > WIDTH:
            yield line
            line = " " * (len(head) + 1 - len(join))
        line += join + entry
    yield line
