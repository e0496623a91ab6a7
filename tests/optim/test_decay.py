"""Weight decay: on whom, and how."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim import SGD, Adam, AdamW, Coupled, Decoupled, everything
from tests.optim.makers import Maker, every_optimizer, number, scalar, values
from tests.optim.problems import loss, variables


def decayed(at: dict[str, Variable], make: Maker, **options: Any) -> set[str]:
    """The names of those that move without a gradient of the loss."""
    before = values(at)
    optimizer = make(at, 0.1, weight_decay=0.5, **options)
    optimizer.step({variable: variable * 0.0 for variable in at.values()})
    return {name for name, value in values(at).items() if value != before[name]}


@every_optimizer
def test_by_default_matrices_decay(make: Maker) -> None:
    assert decayed(variables("logistic"), make) == {"w"}


@every_optimizer
def test_all_decay_where_wanted(make: Maker) -> None:
    assert decayed(variables("logistic"), make, decay_on=everything) == {"w", "b"}


def test_who_decays_may_go_by_name() -> None:
    assert decayed(variables("logistic"), SGD, decay_on=lambda name, _: name == "b") == {"b"}


def test_coupled_decay_joins_the_gradient() -> None:
    x = scalar(2.0)
    SGD([x], 0.5, weight_decay=0.25, decay_on=everything).step({x: number(1.0)})
    assert float(x) == 2.0 - 0.5 * (1.0 + 0.25 * 2.0)


def test_decoupled_decay_comes_before_the_step() -> None:
    x = scalar(2.0)
    optimizer = AdamW([x], 0.5, weight_decay=0.25, decay_on=everything, epsilon=1e-30)
    optimizer.step({x: number(3.0)})
    assert float(x) == pytest.approx(2.0 * (1 - 0.5 * 0.25) - 0.5, rel=1e-12)


def test_adamw_without_decay_is_adam() -> None:
    one, other = variables("logistic"), variables("logistic")
    adam, adamw = Adam(one, 0.1), AdamW(other, 0.1, weight_decay=0.0)
    for _ in range(5):
        adam.step(loss("logistic", one).backward())
        adamw.step(loss("logistic", other).backward())
    assert values(one) == values(other)


def test_numbers_of_numpy_do_not_change_the_type() -> None:
    x = Variable([[1.0]], trainable=True)
    optimizer = Adam([x], np.float64(0.1), beta1=np.float64(0.5), weight_decay=np.float64(0.1))
    optimizer.step({x: x * 1.0})
    assert x.dtype == np.float32


@pytest.mark.parametrize("kind", [Coupled, Decoupled])
def test_decay_is_not_negative(kind: type[Coupled | Decoupled]) -> None:
    with pytest.raises(OptionError, match="weight_decay must not be negative"):
        kind(-0.1)
