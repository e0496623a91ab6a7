"""Normalization of a layer's weights: by their length, and by their largest singular value.

The layer's variable gives way to a module that computes the weight from variables of its own.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, TypeVar

import numpy as np

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape, kept
from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import divide, multiply
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import moveaxis, reshape
from chainrule.build.functions.norm import norm
from chainrule.build.primitives.detach import detach
from chainrule.build.random import default_generator
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.nn.module import Module
from chainrule.nn.size import checked_size

Layer = TypeVar("Layer", bound=Module)

# Power iterations before the first use: from then on each step makes up for what it moved.
WARM_UP = 15


class Weight(Module):
    """A weight that is computed: it stands where the layer had a variable."""

    def __init__(self, original: Variable) -> None:
        self.spec = original.spec

    @property
    def shape(self) -> Shape:
        """The shape of the weight."""
        return self.spec.shape

    @property
    def dtype(self) -> DType:
        """The data type of the weight."""
        return self.spec.dtype

    @abstractmethod
    def __tensor__(self) -> Tensor: ...

    def arguments(self) -> str:
        """Return the spec of the weight."""
        return str(self.spec)


class NormalizedWeight(Weight):
    """W = g·v/‖v‖: see `weight_norm`."""

    def __init__(self, original: Variable, axis: int | None) -> None:
        super().__init__(original)
        rank = len(self.shape)
        self.axes = tuple(n for n in range(rank) if axis is None or n != axis % rank)
        self.direction = Variable(
            original.content, spec=self.spec, trainable=True, name=f"{original.name}.direction"
        )
        self.magnitude = Variable(
            lambda: norm(original.content(), axis=self.axes, keepdims=True),
            spec=Spec(kept(self.shape, self.axes), self.dtype),
            trainable=True,
            name=f"{original.name}.magnitude",
        )

    def __tensor__(self) -> Tensor:
        direction = asarray(self.direction)
        return multiply(
            direction, divide(self.magnitude, norm(direction, axis=self.axes, keepdims=True))
        )


class SpectralWeight(Weight):
    """W/σ: see `spectral_norm`."""

    def __init__(self, original: Variable, axis: int, iterations: int) -> None:
        super().__init__(original)
        self.axis, self.iterations = axis, iterations
        self.original = Variable(
            original.content, spec=self.spec, trainable=True, name=f"{original.name}.original"
        )
        generator, rows = default_generator().split(), self.shape[axis]
        self.left = Variable(
            lambda: self._warm(np.array(generator.normal(rows, dtype=self.dtype))),
            spec=Spec((rows,), self.dtype),
            name=f"{original.name}.left",
        )

    def _warm(self, left: Array) -> Array:
        matrix = self._matrix(self.original.content()).known()
        for _ in range(WARM_UP):
            right = _unit(matrix.T @ left)
            left = _unit(matrix @ right)
        return left

    def _matrix(self, weight: Tensor) -> Tensor:
        """The weight with one row for each output."""
        return reshape(moveaxis(weight, self.axis, 0), (self.shape[self.axis], -1))

    def __tensor__(self) -> Tensor:
        weight, left = asarray(self.original), asarray(self.left)
        matrix = self._matrix(weight)
        fixed = detach(matrix)
        right = _direction(matmul(left, fixed))
        if self.is_training():
            for _ in range(self.iterations):
                left = _direction(matmul(fixed, right))
                right = _direction(matmul(left, fixed))
            self.left.assign(left)
        return divide(weight, matmul(matmul(left, matrix), right))


def _unit(x: Array) -> Array:
    unit: Array = x / max(np.linalg.norm(x), np.finfo(x.dtype).tiny)
    return unit


def _direction(x: Tensor) -> Tensor:
    return divide(x, norm(x) + float(np.finfo(x.dtype).tiny))


def weight_norm(layer: Layer, name: str = "weight", *, axis: int | None = 0) -> Layer:
    """Let the layer's weight be W = g·v/‖v‖, and return the layer: length and direction apart.

    Each place along `axis`, an output of the layer, has a length g of its own, or with `None` the
    whole. The variables are `weight.direction` v and `weight.magnitude` g, in the place of the
    weight, which is what it was at first. Salimans & Kingma, Weight normalization: a simple
    reparameterization to accelerate training of deep neural networks (NeurIPS 2016), equation 2.

    Errors: `OptionError` for a layer without such a variable, or an axis that it lacks.

    >>> from chainrule import nn
    >>> layer = nn.weight_norm(nn.Linear(3, 2))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight.direction', 'weight.magnitude']
    """
    original = _variable("weight_norm", layer, name, axis)
    setattr(layer, name, NormalizedWeight(original, axis))
    return layer


def spectral_norm(
    layer: Layer, name: str = "weight", *, axis: int = 0, iterations: int = 1
) -> Layer:
    """Let the layer's weight be W/σ, σ its largest singular value, and return the layer.

    W is taken as a matrix with a row for each place along `axis`. σ = uᵀWv, where u and v follow
    the singular vectors by `iterations` power iterations for each use in training; no derivative is
    taken of them. Miyato, Kataoka, Koyama & Yoshida, Spectral normalization for generative
    adversarial networks (ICLR 2018), algorithm 1.

    Errors: `OptionError` for a layer without such a variable, an axis that it lacks, or a number of
    iterations that is no positive integer.

    >>> from chainrule import nn
    >>> layer = nn.spectral_norm(nn.Linear(3, 2))
    >>> float(np.linalg.norm(np.asarray(layer.weight.__tensor__()), 2)) < 1.01
    True
    """
    original = _variable("spectral_norm", layer, name, axis)
    checked_size("spectral_norm", "iterations", iterations)
    setattr(layer, name, SpectralWeight(original, axis % len(original.shape), iterations))
    return layer


def _variable(function: str, layer: Any, name: str, axis: int | None) -> Variable:
    found = getattr(layer, name, None)
    if not isinstance(layer, Module) or not isinstance(found, Variable):
        raise OptionError(f"{function}: {layer!r} has no variable {name!r} to normalize")
    rank = len(found.shape)
    if axis is not None and not -rank <= axis < rank:
        raise OptionError(f"{function}: {found.name} has {rank} axes, none of them is {axis}")
    return found
