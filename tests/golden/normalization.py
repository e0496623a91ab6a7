"""What the reference calls its normalization, and how it is called here."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn
from tests.golden.reference import Call


def batch(
    x: Any,
    mean: Any,
    variance: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    eps: float = 1e-5,
    **_: float,
) -> Any:
    """What becomes of the running statistics in training, and by which momentum, is not asked.

    An array of shape (0,) counts as one without channels.
    """
    if x.ndim < 2:
        return cr.positive(x)
    if training:
        mean = variance = None
    return nn.batch_norm(x, mean, variance, weight, bias, epsilon=eps)


def instance(
    x: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    eps: float = 1e-5,
    **_: float,
) -> Any:
    if use_input_stats:
        return nn.instance_norm(x, weight, bias, epsilon=eps)
    return nn.batch_norm(x, running_mean, running_var, weight, bias, epsilon=eps)


def group(x: Any, groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    return nn.group_norm(x, groups, weight, bias, epsilon=eps)


def layer(x: Any, shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    return nn.layer_norm(x, shape, weight, bias, epsilon=eps)


def rms(x: Any, shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """Without ε it is the distance from 1 to the next number of the type."""
    own = float(np.finfo(x.dtype).eps) if eps is None else eps
    return nn.rms_norm(x, shape, weight, epsilon=own)


CALLS: dict[str, Call] = {
    "nn.functional.batch_norm": batch,
    "nn.functional.batch_norm@without_cudnn": batch,
    "nn.functional.group_norm": group,
    "nn.functional.instance_norm": instance,
    "nn.functional.layer_norm": layer,
    "nn.functional.local_response_norm": nn.local_response_norm,
    "nn.functional.rms_norm": rms,
}
