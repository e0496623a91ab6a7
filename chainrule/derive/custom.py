"""`custom_vjp`: a function whose derivative is written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chainrule.array.structure import Structure, unflatten
from chainrule.build.tensor import Bundle, Cotangents, Item, Tensor
from chainrule.derive.inner import Inner, traced
from chainrule.errors import GradientError

Rule = Callable[..., Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Ruled(Inner):
    """y₁, y₂, … = f(x₁, x₂, …) for a recorded f, differentiated by a rule of its own."""

    rule: Rule
    results: Structure
    count: int

    def vjp(self, g: Sequence[Tensor | None], y: Bundle, *inputs: Tensor) -> Cotangents:
        own = [Item(index)(y) for index in range(len(y.specs))]
        given = inputs[: self.count]
        found = [*self.rule(unflatten(self.results, g), unflatten(self.results, own), *given)]
        if len(found) != self.count:
            raise GradientError(
                f"custom_vjp: the rule returned {len(found)} cotangents for {self.count} "
                "arguments; return one for each, None where there is no dependence"
            )
        return [*found, *[None] * (len(inputs) - self.count)]


def custom_vjp(function: Callable[..., Any], rule: Rule) -> Callable[..., Any]:
    """Return `function` of arrays with the derivative that `rule` says.

    `rule(g, y, *x)` gets the cotangents g of the results y, in their structure, and returns the
    cotangent of each argument in x: g·∂y/∂x, or `None` for no dependence. A g is `None` where
    nothing depends on that result. The rule is written with array functions, so it is compiled and
    differentiated again like everything else. `vmap` goes into `function` and leaves the rule out.

    Errors: `GradientError` where `function` uses a tensor with gradients that is no argument, or
    the rule returns another number of cotangents than there are arguments.

    >>> from chainrule.derive.grad import grad
    >>> steep = custom_vjp(lambda x: x * x, lambda g, y, x: [g * 100.0 * x])
    >>> steep(3.0), grad(steep)(3.0)
    (Tensor(9., float32), Tensor(300., float32))
    """

    def ruled(*arguments: Any) -> Any:
        call = traced(function, arguments)
        for x in call.inputs[call.own :]:
            if x.tracked:
                raise GradientError(
                    f"custom_vjp: the function uses a tensor from outside, made at {x.source}, "
                    "whose gradient its rule cannot give: make it an argument"
                )
        primitive = Ruled(call.graph, rule, call.results, call.own)
        return unflatten(call.results, primitive(*call.inputs))

    return ruled
