"""Every primitive there is, against what must hold of all of them; none can be forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from chainrule.build.primitives.elementwise import Add
from chainrule.build.tensor import REGISTRY, Primitive
from tests.build import checks
from tests.build.samples.sampler import Sampler, Structural, samplers

KNOWN = samplers()
DRAWN = {
    primitive.__name__: entry for primitive, entry in KNOWN.items() if isinstance(entry, Sampler)
}


def sampler_of(primitive: type[Primitive]) -> Sampler | Structural:
    """The sampler of `primitive`; raise where there is none."""
    if primitive not in KNOWN:
        family = primitive.__module__.split(".")[-1]
        pytest.fail(
            f"{primitive.__name__} has no sampler; add it to tests/build/samples/{family}.py"
        )
    return KNOWN[primitive]


@pytest.mark.parametrize("name", REGISTRY)
def test_each_primitive_has_a_sampler(name: str) -> None:
    entry = sampler_of(REGISTRY[name])
    assert isinstance(entry, Sampler) or entry.reason


def test_a_primitive_without_a_sampler_is_found() -> None:
    class Forgotten(Add, abstract=True):
        pass

    with pytest.raises(pytest.fail.Exception, match="Forgotten has no sampler"):
        sampler_of(Forgotten)


@pytest.mark.parametrize("name", DRAWN)
@given(data=st.data())
def test_primitive(name: str, data: st.DataObject) -> None:
    sampler = DRAWN[name]
    call = data.draw(sampler.calls)
    assert type(call.primitive) is sampler.primitive
    checks.check_spec(call)
    checks.check_cost(call)
    checks.check_scalars(call)
    checks.check_inputs_untouched(call)
    checks.check_derivatives(sampler, call)
    checks.check_cotangents(sampler, call)
    checks.check_constants(sampler, call)
    checks.check_adjoint(sampler, call)
    checks.check_batch(call, count=data.draw(st.sampled_from((2, 1, 3))))
    checks.check_recorded(sampler, call)
