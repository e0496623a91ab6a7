"""What is built of optimizers is one native program as well, with the interpreter's numbers.

The rules alone are compared in `test_trajectories.py`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from chainrule.build.variable import Variable
from chainrule.optim import (
    SGD,
    Accumulate,
    Adam,
    AdamW,
    Cosine,
    Groups,
    Lookahead,
    Muon,
    Plateau,
    ScheduleFreeAdamW,
    Stepping,
    clip_by_global_norm,
)
from chainrule.run.compile import compile as compile_
from chainrule.run.native import Native
from tests.optim.makers import Maker
from tests.optim.problems import loss, variables

CLIP = partial(clip_by_global_norm, limit=0.5)


def apart(at: dict[str, Variable]) -> Groups:
    weight = AdamW({"w": at["w"]}, 0.1 * Cosine(1.0, 12), weight_decay=0.1)
    return Groups(weight, SGD({"b": at["b"]}, Plateau(0.1)), gradient_transform=CLIP)


MAKERS: dict[str, Maker] = {
    "groups": apart,
    "muon": Muon,
    "accumulate": lambda at: Accumulate(Adam(at, 0.1, gradient_transform=CLIP), every=3),
    "accumulated muon": lambda at: Accumulate(Muon(at), every=2),
    "lookahead": lambda at: Lookahead(ScheduleFreeAdamW(at, 0.1), every=3),
    "both": lambda at: Accumulate(Lookahead(apart(at), every=2), every=2),
}


def run(make: Maker, dtype: str, device: str) -> tuple[Stepping, dict[str, Variable]]:
    at = variables("regression", dtype)
    optimizer = make(at)
    step = compile_(lambda: optimizer.descend(lambda: loss("regression", at)), device=device)
    for _ in range(10):
        step()
    if device == "native":
        assert isinstance(step.program.executor, Native), step.program.executor.describe()
    return optimizer, at


@pytest.mark.parametrize(("dtype", "precision"), [("float64", 1e-11), ("float32", 2e-4)])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_ten_steps(make: Maker, dtype: str, precision: float) -> None:
    (one, at), (other, again) = (run(make, dtype, device) for device in ("numpy", "native"))
    close: Any = partial(np.testing.assert_allclose, rtol=precision, atol=precision)
    for name, variable in at.items():
        close(np.asarray(again[name]), np.asarray(variable), err_msg=name)
    for name, value in one.state().items():
        close(other.state()[name], value, err_msg=name)
