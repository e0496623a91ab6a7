"""Weight decay: the two ways to pull parameters towards zero, and which of them are pulled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from chainrule.build.convert import as_type
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.optim.check import at_least_zero, check_fields
from chainrule.optim.rule import Rule

Predicate = Callable[[str, Variable], bool]


def matrices(name: str, parameter: Variable) -> bool:  # noqa: ARG001 - a predicate sees both
    """Tell whether a parameter has two or more axes: weights do, biases and gains do not.

    The default of `decay_on=`. A bias or a gain sets where a layer works; to hold it near zero
    costs fit and saves little complexity (Goodfellow, Bengio, Courville 2016, section 7.1).

    >>> matrices("weight", Variable([[1.0]])), matrices("bias", Variable([1.0]))
    (True, False)
    """
    return parameter.ndim >= 2


def everything(name: str, parameter: Variable) -> bool:  # noqa: ARG001 - a predicate sees both
    """Tell that every parameter decays, biases as well: what PyTorch does by default.

    >>> everything("bias", Variable([1.0]))
    True
    """
    return True


@dataclass(frozen=True)
class Decay(ABC):
    """A decay of strength λ (`weight_decay`, ≥ 0) on the parameters for which `decay_on` holds."""

    weight_decay: float = 0.0
    decay_on: Predicate = matrices

    def __post_init__(self) -> None:
        check_fields(self, weight_decay=at_least_zero)

    @abstractmethod
    def apply(self, parameter: Tensor, gradient: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
        """Return the parameter and the gradient that the rule goes on with."""


@dataclass(frozen=True)
class Coupled(Decay):
    """g ← g + λ p: the gradient of λ/2 ‖p‖² joins the loss's (Hanson & Pratt 1988)."""

    def apply(self, parameter: Tensor, gradient: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
        """Return the parameter as it is, and the gradient with the decay's added."""
        return parameter, gradient + self.weight_decay * parameter


@dataclass(frozen=True)
class Decoupled(Decay):
    """p ← p − γ λ p before the rule's own move, at rate γ (Loshchilov & Hutter 2019)."""

    def apply(self, parameter: Tensor, gradient: Tensor, rate: Tensor) -> tuple[Tensor, Tensor]:
        """Return the parameter made smaller, and the gradient as it is."""
        # Not p (1 − γ λ): in float32 that factor has lost what a small γ λ was.
        return parameter - as_type(rate * self.weight_decay, parameter.dtype) * parameter, gradient


def by_the_rule(
    rule: Callable[[float], Rule], weight_decay: float, decay_on: Predicate
) -> Callable[[str, Variable], Rule]:
    """Return the choice of `rule(λ)` where `decay_on` holds and of `rule(0)` elsewhere.

    For rules in which the decay has a place of its own.

    Errors: `OptionError` for a negative λ.
    """
    with_decay, without = rule(at_least_zero("weight_decay", weight_decay)), rule(0.0)
    return lambda name, parameter: with_decay if decay_on(name, parameter) else without
