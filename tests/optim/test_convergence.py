"""Every optimizer gets where it has to: on a convex problem, and on digits with a small network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.table import load_digits
from tests.optim.problems import Array, loss, variables


class Row(NamedTuple):
    """Rates for both problems, and the losses to be below: after 300 steps, after 4 epochs.

    `whole`: not in batches of 32, but 60 steps with all digits.
    """

    make: Callable[..., optim.AnyOptimizer]
    convex_rate: float
    convex: float
    digits_rate: float
    digits: float
    whole: bool = False


def sharp(at: Any, rate: float) -> optim.SAM:
    return optim.SAM(optim.SGD(at, rate, momentum=0.9), radius=0.05)


def accumulating(at: Any, rate: float) -> optim.Accumulate:
    return optim.Accumulate(optim.Adam(at, rate), every=2)


def looking_ahead(at: Any, rate: float) -> optim.Lookahead:
    return optim.Lookahead(optim.Adam(at, rate))


ROWS: dict[str, Row] = {
    "sgd": Row(optim.SGD, 0.3, 1e-6, 0.1, 0.35),
    "momentum": Row(partial(optim.SGD, momentum=0.9), 0.1, 1e-6, 0.05, 0.15),
    "nesterov": Row(partial(optim.SGD, momentum=0.9, nesterov=True), 0.1, 1e-6, 0.05, 0.15),
    "adadelta": Row(partial(optim.Adadelta, epsilon=1e-3), 1.0, 1e-4, 1.0, 0.15),
    "adafactor": Row(optim.Adafactor, 0.1, 1e-3, 0.05, 0.15),
    "adagrad": Row(optim.Adagrad, 0.3, 1e-6, 0.05, 0.15),
    "adam": Row(optim.Adam, 0.05, 1e-6, 0.005, 0.15),
    "amsgrad": Row(partial(optim.Adam, amsgrad=True), 0.05, 1e-6, 0.005, 0.15),
    "adamw": Row(partial(optim.AdamW, weight_decay=1e-4), 0.05, 1e-6, 0.005, 0.15),
    "adamax": Row(optim.Adamax, 0.05, 1e-6, 0.02, 0.15),
    "asgd": Row(optim.ASGD, 0.3, 1e-6, 0.1, 0.35),
    "lamb": Row(optim.LAMB, 0.02, 1e-3, 0.02, 0.15),
    "lars": Row(optim.LARS, 1.0, 1e-3, 10.0, 0.45),
    "lion": Row(optim.Lion, 0.005, 3e-2, 0.003, 0.2),
    "muon": Row(partial(optim.Muon, adam_rate=0.01), 0.01, 1e-3, 0.02, 0.15),
    "nadam": Row(optim.NAdam, 0.05, 1e-6, 0.005, 0.15),
    "radam": Row(optim.RAdam, 0.05, 1e-6, 0.02, 0.2),
    "rmsprop": Row(optim.RMSprop, 0.01, 1e-3, 0.003, 0.2),
    "rprop": Row(optim.Rprop, 0.01, 1e-6, 0.001, 0.2, whole=True),
    "schedule-free": Row(optim.ScheduleFreeAdamW, 0.05, 1e-3, 0.01, 0.15),
    "sam": Row(sharp, 0.05, 1e-3, 0.05, 0.15),
    "accumulate": Row(accumulating, 0.1, 1e-6, 0.01, 0.25),
    "lookahead": Row(looking_ahead, 0.1, 1e-6, 0.01, 0.2),
}


@cache
def least() -> float:
    at = variables("regression")
    return optim.LBFGS(at).minimize(lambda: loss("regression", at)).loss


@pytest.mark.parametrize("name", ROWS)
def test_a_convex_problem(name: str) -> None:
    row, at = ROWS[name], variables("regression")
    optimizer = row.make(at, row.convex_rate)
    step = cr.compile(lambda: optimizer.descend(lambda: loss("regression", at)), device="numpy")
    for _ in range(300):
        step()
    assert float(loss("regression", at)) - least() < row.convex


@cache
def digits() -> tuple[Array, Array]:
    images, labels = load_digits()
    return np.asarray(images, np.float32), np.asarray(labels, np.int64)


@pytest.mark.parametrize("name", ROWS)
def test_digits(name: str) -> None:
    row = ROWS[name]
    images, labels = digits()
    cr.seed(3)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = row.make(model, row.digits_rate)
    step = cr.compile(
        lambda x, y: optimizer.descend(lambda: nn.cross_entropy(model(x), y)), device="numpy"
    )
    for epoch in range(60 if row.whole else 4):
        order = np.random.default_rng(epoch).permutation(len(images))[:1792]
        step.epoch(images, labels, batch_size=1792 if row.whole else 32, order=order)
    assert float(nn.cross_entropy(model(images), labels)) < row.digits
