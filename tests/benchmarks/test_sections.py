"""The record of results, the width sweep's verdict, and the products' loops."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.sections import Section, record
from benchmarks.widths import Step, network, summary


def test_a_section_replaces_the_one_of_its_title(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    record(Section("W2", "old"), "a machine", path)
    record(Section("W1", "first"), "a machine", path)
    record(Section("W2", "new"), "another", path)
    head, first, second = path.read_text(encoding="utf-8").split("\n## ")
    assert head.startswith("# Results")
    assert first.split() == ["W1", "a", "machine", "first"]
    assert second.split() == ["W2", "another", "new"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_cliff_is_counted_in_arithmetic_a_second() -> None:
    smooth = Step(32, 100, 90, times=(1.2, 1.0), rates=(100.0, 99.0))
    cliff = Step(32, 65, 58, times=(2.0, 1.0), rates=(50.0, 80.0))
    text = summary([smooth, cliff], wanted=3)
    assert "2 of 3 pairs" in text
    assert "In 1 of them" in text
    assert "worst 1.60 × (w = 65, batch 32)" in text
    assert "worst 2.00 ×." in text


def test_a_sweep_without_measurements_says_so() -> None:
    assert summary([], wanted=3) == "Nothing was measured."


def test_the_sweep_trains_two_hidden_layers() -> None:
    assert network(33, 32).sizes == (10, 33, 33, 10)
    assert network(1024, 128).batches >= 4


def test_a_repeated_product_is_the_product() -> None:
    pytest.importorskip("llvmlite")
    from benchmarks.products import Form, Repeated

    form = Form("two", lambda a, b: a.T @ b, ((5, 3), (5, 4)), 120)
    repeated = Repeated(form, times=2)
    repeated()
    a, b = repeated.inputs
    assert np.allclose(repeated.result.reshape(3, 4), a.T @ b, atol=1e-5)
