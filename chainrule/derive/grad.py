"""Derivatives of functions in reverse mode: `grad`, `value_and_grad`, `vjp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np

from chainrule.array.dtype import is_floating
from chainrule.array.structure import Structure, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.leaf import alias, constant
from chainrule.build.tensor import Tensor
from chainrule.derive.reverse import check_scalar, gradients, one
from chainrule.errors import DTypeError, OptionError, ShapeError


def value_and_grad(
    function: Callable[..., Any], argnums: int | Sequence[int] = 0
) -> Callable[..., Any]:
    """Return a function that gives `(f(x, …), ∂f/∂x)` for a scalar-valued `function`.

    `argnums` says with respect to which positional arguments; the gradient has the structure of
    the argument (a tuple of gradients for a sequence of `argnums`). Arguments may be nested tuples,
    lists and dictionaries of arrays; arguments by keyword are held fixed.

    Errors: `ShapeError` where f(x, …) is not one number, `DTypeError` where it or x is an integer,
    `OptionError` for an argument that is not there.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (Tensor(9., float32), Tensor(6., float32))
    """

    def differentiated(*arguments: Any, **fixed: Any) -> tuple[Tensor, Any]:
        chosen = positions(argnums, len(arguments))
        leaves, structure = places(tuple(arguments[number] for number in chosen))
        given = list(arguments)
        for number, argument in zip(chosen, unflatten(structure, leaves), strict=True):
            given[number] = argument
        value = asarray(function(*given, **fixed))
        check_scalar(value)
        found = unflatten(structure, pulled_back([value], [one(value)], leaves))
        return value, tuple(found) if isinstance(argnums, Sequence) else found[0]

    return differentiated


def grad(function: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return the gradient ∂f/∂x of a scalar-valued `function`, itself differentiable.

    See `value_and_grad` for the arguments.

    >>> grad(lambda x: x**3)(2.0)
    Tensor(12., float32)
    >>> grad(grad(lambda x: x**3))(2.0)
    Tensor(12., float32)
    """
    both = value_and_grad(function, argnums)

    def gradient(*arguments: Any, **fixed: Any) -> Any:
        return both(*arguments, **fixed)[1]

    return gradient


def vjp(
    function: Callable[..., Any], *primals: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return `f(x, …)` and the function g ↦ (gᵀ ∂f/∂x, …) that carries cotangents back.

    g has the structure and shapes of the result.

    >>> y, pull_back = vjp(lambda x: x * x, [1.0, 2.0])
    >>> pull_back([1.0, 10.0])
    (Tensor([ 2., 40.], float32),)
    """
    leaves, structure = places(tuple(primals))
    result = function(*unflatten(structure, leaves))
    outputs, shape = flatten(result)
    outputs = [asarray(output) for output in outputs]

    def pull_back(cotangent: Any) -> tuple[Any, ...]:
        gs = matching(cotangent, outputs, shape)
        return tuple(unflatten(structure, pulled_back(outputs, gs, leaves)))

    return unflatten(shape, outputs), pull_back


def positions(argnums: int | Sequence[int], count: int) -> tuple[int, ...]:
    """Return `argnums` as indices into `count` positional arguments."""
    try:
        listed = list(map(index, argnums if isinstance(argnums, Sequence) else (argnums,)))
    except TypeError:
        raise OptionError(f"argnums are numbers of arguments, got {argnums!r}") from None
    if any(not -count <= number < count for number in listed):
        raise OptionError(
            f"argnums {argnums!r} but the function was called with {count} positional arguments"
        )
    found = tuple(number % count for number in listed)
    if len(set(found)) != len(found):
        raise OptionError(f"argnums {argnums!r} names one argument twice")
    return found


def places(arguments: tuple[Any, ...]) -> tuple[list[Tensor], Structure]:
    """Return the arrays in `arguments` as new places to differentiate with respect to."""
    leaves, structure = flatten(arguments)
    tensors = [asarray(leaf) for leaf in leaves]
    for tensor in tensors:
        if not is_floating(tensor.dtype):
            raise DTypeError(
                f"cannot differentiate with respect to {tensor.spec}: only float32 and float64 "
                "have gradients; use astype, or leave the argument out of argnums"
            )
    return [alias(tensor) for tensor in tensors], structure


def pulled_back(
    outputs: Sequence[Tensor], cotangents: Sequence[Tensor], leaves: Sequence[Tensor]
) -> list[Tensor]:
    """Return the gradients at `leaves`, zeros where the outputs do not depend on one."""
    found = gradients(outputs, cotangents, leaves)
    return [
        constant(np.zeros(leaf.shape, leaf.dtype)) if g is None else g
        for leaf, g in zip(leaves, found, strict=True)
    ]


def matching(vector: Any, like: Sequence[Tensor], structure: Structure) -> list[Tensor]:
    """Return the arrays of `vector`, checked to have the structure and shapes of `like`."""
    leaves, found = flatten(vector)
    if found != structure and len(like) > 1:
        raise ShapeError("the (co)tangent must have the structure of what it belongs to")
    if len(like) == 1 and found != structure:
        leaves = [vector]
    tensors = [asarray(leaf, dtype=x.dtype) for leaf, x in zip(leaves, like, strict=True)]
    for tensor, x in zip(tensors, like, strict=True):
        if tensor.shape != x.shape:
            raise ShapeError(f"the (co)tangent has shape {tensor.shape}, expected {x.shape}")
    return tensors
