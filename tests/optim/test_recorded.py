"""The recorded numbers are what the peers compute, where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from tests.optim.problems import OPTAX, PROBLEMS, SCHEDULES, TRAJECTORIES


@pytest.fixture
def _torch() -> Iterator[None]:
    """PyTorch with float64 as the type of its scalars, as when it was recorded."""
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def same(found: dict[str, Any], recorded: dict[str, Any]) -> None:
    for problem in PROBLEMS:
        for name, rows in found[problem].items():
            np.testing.assert_allclose(rows, recorded[problem][name], rtol=1e-10, atol=1e-15)


@pytest.mark.usefixtures("_torch")
def test_pytorch() -> None:
    record = import_module("tests.optim.recorded.record")
    for case, recorded in TRAJECTORIES["cases"].items():
        same(record.trajectories(case), recorded)


@pytest.mark.usefixtures("_torch")
def test_schedules_of_pytorch() -> None:
    record = import_module("tests.optim.recorded.record_schedules")
    for case, recorded in SCHEDULES["schedules"].items():
        np.testing.assert_allclose(record.rates(case), recorded["rates"], rtol=1e-10, atol=1e-16)


def test_optax() -> None:
    pytest.importorskip("optax")
    jax = pytest.importorskip("jax")
    record = import_module("tests.optim.recorded.record_optax")
    with jax.enable_x64(True):
        for case, recorded in OPTAX["cases"].items():
            same(record.case(case), recorded)
