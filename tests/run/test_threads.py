"""The number of threads: set, from the environment, and by default."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.errors import OptionError
from chainrule.run import threads
from chainrule.run.pace import Pace
from chainrule.run.threads import get_threads, set_threads, threads_for


@pytest.fixture(autouse=True)
def default(monkeypatch: pytest.MonkeyPatch) -> None:
    """No number is set in the environment, nor afterwards."""
    monkeypatch.delenv(threads.VARIABLE, raising=False)
    monkeypatch.setattr(threads, "_setting", threads.Setting())


@pytest.mark.parametrize("count", [1, 2, 1000, np.int64(3)])
def test_a_number_is_set(count: int) -> None:
    set_threads(count)
    assert get_threads() == count


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2"])
def test_a_wrong_number_is_refused(count: Any) -> None:
    with pytest.raises(OptionError, match="whole number from 1 up"):
        set_threads(count)


@pytest.mark.parametrize(("processors", "expected"), [(1, 1), (5, 5), (64, 64), (100, 64)])
def test_by_default_as_many_as_processors(
    monkeypatch: pytest.MonkeyPatch, processors: int, expected: int
) -> None:
    monkeypatch.setattr(threads, "_processors", lambda: processors)
    assert get_threads() == expected


def test_the_environment_comes_before_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(threads.VARIABLE, "7")
    assert get_threads() == 7
    set_threads(3)
    assert get_threads() == 3
    set_threads(None)
    assert get_threads() == 7


@pytest.mark.parametrize("text", ["0", "-2", "many", "1.5"])
def test_a_wrong_number_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(threads.VARIABLE, text)
    with pytest.raises(OptionError, match="CHAINRULE_THREADS"):
        get_threads()


def test_a_program_may_use_fewer_unless_the_number_is_exact() -> None:
    little = Pace(1e-6)
    set_threads(5)
    assert threads_for(little) == 1
    set_threads(5, exact=True)
    assert threads_for(little) == 5
    set_threads(None, exact=True)
    assert threads_for(little) == 1
