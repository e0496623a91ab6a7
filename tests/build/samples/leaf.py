"""Samplers of `chainrule.build.leaf`, and of the item of a bundle: the graph's own structure."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.leaf import Alias, Argument, Constant, Read
from chainrule.build.tensor import Item
from tests.build.samples.draw import reals, shapes
from tests.build.samples.sampler import Call, Sampler, Structural


@st.composite
def aliases(draw: st.DrawFn) -> Call:
    return Call(Alias(), (draw(reals(draw(shapes()))),))


SAMPLERS = [
    Structural(Constant, "a leaf: its value is given, nothing is computed"),
    Structural(Argument, "a leaf: its value is given, nothing is computed"),
    Structural(Read, "a leaf: tests/build/test_record.py reads and writes variables"),
    Structural(Item, "tried with every primitive of several results, which makes it"),
    Sampler(Alias, aliases()),
]
