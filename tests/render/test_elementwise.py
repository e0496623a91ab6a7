"""Which elementwise primitives have a native kernel, and that each takes every type it may."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import chainrule.build.primitives as package
from chainrule.build.primitives.elementwise import Astype, Elementwise
from chainrule.render.elementwise import BY_SIGN, EMITTERS

# Chosen by their attribute, not by the tables; tests/run/test_native_primitives.py runs them.
BY_ORDER = {"Polygamma", "Sinc"}


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_every_elementwise_primitive_has_its_line() -> None:
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    built = {one for one in below(Elementwise) if "evaluate" in vars(one)} - {Astype}
    inside = {one for one in built if one.__module__.startswith(package.__name__)}
    assert {one.__name__ for one in inside - {*EMITTERS, *BY_SIGN}} == BY_ORDER
    assert not {*EMITTERS} & {*BY_SIGN}
