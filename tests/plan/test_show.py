"""A program in lines that a person can read."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule.build.primitives.random import RandomBits
from chainrule.plan.show import show
from chainrule.run.native import Native


def kernels(function: Any, *arguments: Any) -> list[Any]:
    compiled = cr.compile(function, device="native")
    compiled(*arguments)
    executor = compiled.program.executor
    assert isinstance(executor, Native)
    return list(executor.kernels)


def test_a_product_names_its_epilogue_and_its_line() -> None:
    x, w = np.ones((3, 4), np.float32), np.ones((4, 16), np.float32)
    (found,) = kernels(lambda x, w: cr.exp(x @ w), x, w)
    assert show(found).startswith("product  (3, 4) × (4, 16), then exp  # test_show.py:")


def test_a_map_names_its_axes() -> None:
    (found,) = kernels(lambda x: cr.sum(x * x, axis=1), np.ones((3, 4), np.float32))
    assert show(found).startswith("map      (3, 4) over axes (1,): multiply sum  # ")


def test_a_lookup_says_which_way_it_goes() -> None:
    x, i = np.ones((3, 4), np.float32), np.array([2, 0])
    (found,) = kernels(lambda x, i: cr.take(x, i, axis=0), x, i)
    assert show(found).startswith("gather   (2, 4) of (3, 4)  # ")
    both = kernels(lambda x, i: cr.grad(lambda v: cr.sum(cr.take(v, i, axis=0)))(x), x, i)
    assert any(show(kernel).startswith("scatter  (2, 4) of (3, 4)") for kernel in both)


def test_a_kernel_of_lines_says_what_it_does_to_them() -> None:
    (found,) = kernels(lambda x: cr.sort(x, axis=0), np.ones((3, 4), np.float32))
    assert show(found).startswith("lines    (4, 3): sort  # ")


def test_a_draw_says_how_many_words() -> None:
    state = np.array([0, 1], np.uint64)
    (found,) = kernels(RandomBits((3, 4)), state)
    assert show(found).startswith("random   (3, 4)  # ")
