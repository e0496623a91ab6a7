"""What an optimizer can be given, and the names it uses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.build.variable import Variable
from chainrule.errors import DTypeError, OptionError
from chainrule.optim.parameters import named


def variable(name: str = "w") -> Variable:
    return Variable(1.0, trainable=True, name=name)


class Pairs:
    def __init__(self, *pairs: tuple[str, Variable]) -> None:
        self.pairs = pairs

    def named_parameters(self) -> list[tuple[str, Variable]]:
        return list(self.pairs)


def test_a_model_names_its_parameters() -> None:
    w, b = variable(), variable()
    assert named(Pairs(("layer.w", w), ("layer.b", b))) == {"layer.w": w, "layer.b": b}


def test_a_mapping_names_its_parameters() -> None:
    w = variable()
    assert named({"weight": w}) == {"weight": w}


def test_a_list_goes_by_the_names_of_its_variables() -> None:
    assert list(named([variable("w"), variable("b")])) == ["w", "b"]


def test_equal_names_are_told_apart_by_place() -> None:
    assert list(named([variable("w"), variable("w"), variable("b")])) == ["0.w", "1.w", "2.b"]


def test_a_generator_will_do() -> None:
    assert list(named(variable(name) for name in "wb")) == ["w", "b"]


def test_tied_weights_count_once() -> None:
    w = variable()
    assert named(Pairs(("encoder.w", w), ("decoder.w", w))) == {"encoder.w": w}
    assert named([w, variable("b"), w]).keys() == {"w", "b"}


@pytest.mark.parametrize("empty", [Pairs(), {}, []])
def test_nothing_to_train(empty: Any) -> None:
    with pytest.raises(OptionError, match="at least one parameter"):
        named(empty)


@pytest.mark.parametrize("wrong", [variable(), 3.0, None])
def test_neither_model_nor_list(wrong: Any) -> None:
    with pytest.raises(
        OptionError, match=r"takes a model, {name: variable}, or a list of variables"
    ):
        named(wrong)


@pytest.mark.parametrize("wrong", [[np.ones(3)], {"parameter": 1.0}, ["w"]])
def test_no_variable(wrong: Any) -> None:
    with pytest.raises(OptionError, match="'parameter' is no Variable"):
        named(wrong)


def test_integers_cannot_be_trained() -> None:
    with pytest.raises(DTypeError, match="'count' holds int64"):
        named([Variable(1, name="count")])
