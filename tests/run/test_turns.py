"""Several Python threads at one program, forks beside it, and methods of several objects."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.errors import OptionError


def together(*functions: Callable[[], Any]) -> None:
    """Run the functions in a thread each, all from the same moment on."""
    start = Barrier(len(functions))

    def waiting(function: Callable[[], Any]) -> None:
        start.wait()
        function()

    threads = [Thread(target=waiting, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("device", ["native", "numpy"])
def test_two_threads_lose_no_update(device: str) -> None:
    total = cr.Variable(np.zeros(5000))

    def count(x: Any) -> Any:
        total.assign(total + 1.0)
        return cr.sum(x)

    step = cr.compile(count, device=device)

    def calls(length: int) -> Callable[[], Any]:
        return lambda: [step(np.ones(length)) for _ in range(100)]

    together(calls(3), calls(4), calls(3))
    np.testing.assert_array_equal(total, np.full(5000, 300.0))
    assert len(step.recordings) == 2


@pytest.mark.parametrize("seed", range(3))
def test_the_first_calls_of_two_threads_share_the_weights(seed: int) -> None:
    cr.seed(seed)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
    optimizer = optim.SGD(model, learning_rate=0.1)
    x, y = np.ones((6, 4), np.float32), np.ones((6, 1), np.float32)

    @cr.compile
    def step(x: Any, y: Any) -> Any:
        loss = nn.mse(model(x), y)
        optimizer.step(loss.backward())
        return loss

    predict = cr.compile(model)
    together(lambda: [step(x, y) for _ in range(50)], lambda: [predict(x) for _ in range(50)])
    np.testing.assert_allclose(predict(x), np.asarray(model(x)), rtol=1e-5)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are a matter of POSIX systems")
def test_a_fork_beside_a_running_step_leaves_a_child_that_runs() -> None:
    step = cr.compile(lambda x: cr.sum(x @ x))
    x, over = np.ones((200, 200)), Event()
    expected = float(step(x))

    def busy() -> None:
        while not over.is_set():
            step(x)

    thread = Thread(target=busy)
    thread.start()
    for _ in range(5):
        child = os.fork()
        if not child:
            os._exit(0 if float(step(x)) == expected else 1)
        assert os.waitpid(child, 0)[1] == 0
    over.set()
    thread.join()


class Base:
    """An object with a compiled method."""

    def __init__(self, start: float) -> None:
        self.total = cr.Variable(np.float64(start))

    @cr.compile
    def step(self, x: Any) -> Any:
        self.total.assign(self.total + cr.sum(x))
        return self.total


class Derived(Base):
    """One that extends it."""

    @cr.compile
    def step(self, x: Any) -> Any:
        return super().step(x) + 100.0


def test_a_method_can_extend_the_one_of_its_base() -> None:
    found = Derived(0.0)
    assert [float(found.step(np.ones(3))) for _ in range(3)] == [103.0, 106.0, 109.0]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_of_an_object_steps_by_itself(copied: Callable[[Any], Any]) -> None:
    first = Base(0.0)
    first.step(np.ones(3))
    second = copied(first)
    second.total = cr.Variable(np.float64(1000.0))
    assert float(second.step(np.ones(3))) == 1003.0
    assert float(first.step(np.ones(3))) == 6.0


def test_a_class_with_slots_is_told_what_is_missing() -> None:
    class Tight:
        __slots__ = ()

        @cr.compile
        def step(self, x: Any) -> Any:
            return x

    with pytest.raises(OptionError, match="Tight has slots: add '__dict__'"):
        Tight().step(np.ones(3))


def test_two_methods_of_one_function_do_not_meet() -> None:
    first, second = Base(0.0), Base(10.0)
    assert float(first.step(np.ones(1))) == 1.0
    assert float(second.step(np.ones(1))) == 11.0
    assert first.step is first.step
    assert first.step.recordings == second.step.recordings
