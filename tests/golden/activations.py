"""What the reference calls its activations, and how they are called here."""

from __future__ import annotations

from typing import Any

from chainrule import nn
from tests.golden.reference import Call


def softplus(x: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    return nn.softplus(x, beta, threshold)


CALLS: dict[str, Call] = {
    "nn.functional.celu": nn.celu,
    "nn.functional.elu": nn.elu,
    "nn.functional.gelu": nn.gelu,
    "nn.functional.glu": nn.glu,
    "nn.functional.hardshrink": lambda x, lambd=0.5: nn.hardshrink(x, lambd),
    "nn.functional.hardsigmoid": nn.hardsigmoid,
    "nn.functional.hardswish": nn.hardswish,
    "nn.functional.hardtanh": lambda x, min_val=-1.0, max_val=1.0: nn.hardtanh(x, min_val, max_val),
    "nn.functional.leaky_relu": nn.leaky_relu,
    "nn.functional.logsigmoid": nn.logsigmoid,
    "nn.functional.mish": nn.mish,
    "nn.functional.prelu": nn.prelu,
    "nn.functional.relu": nn.relu,
    "nn.functional.relu6": nn.relu6,
    "nn.functional.selu": nn.selu,
    "nn.functional.silu": nn.silu,
    "nn.functional.softplus": softplus,
    "nn.functional.softshrink": lambda x, lambd=0.5: nn.softshrink(x, lambd),
    "nn.functional.softsign": nn.softsign,
    "nn.functional.tanhshrink": nn.tanhshrink,
    "nn.functional.threshold": nn.threshold,
}
