"""The team's native side as text: it becomes code for processors that are not here, too."""

from __future__ import annotations

import pytest

from chainrule.plan.machine import aarch64
from chainrule.render.builder import Module
from chainrule.render.team import write_barrier, write_team
from chainrule.run.machine_code import assembly, host, object_code


def barrier(architecture: str, system: str) -> str:
    module = Module()
    write_barrier(module, architecture, system)
    return str(module)


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_arm_waits_in_its_own_words(system: str) -> None:
    text = assembly(write_team("aarch64", system), aarch64())
    assert "isb" in text
    assert ("syscall" in text) == (system == "linux")
    assert ("usleep" in text) == (system != "linux")


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_an_unknown_processor_only_yields_and_naps(system: str) -> None:
    text = write_team("riscv64", system)
    assert "sched_yield" in text
    assert "usleep" in text
    assert not {"isb", "pause", "syscall"} & set(text.replace("(", " ").replace("@", " ").split())
    assert object_code(text, host())


@pytest.mark.parametrize("architecture", ["x86_64", "aarch64"])
def test_a_barrier_stands_in_a_module_of_its_own(architecture: str) -> None:
    text = barrier(architecture, "linux")
    assert text.count("define ") == 3
    assert "@work" not in text
