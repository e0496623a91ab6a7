"""The comparison with NumPy by the public suite: what counts as explained."""

from __future__ import annotations

import importlib.util
import runpy
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("array_api", ROOT / "tools" / "array_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "word"),
    [
        (
            "test_special_cases.py::test_unary[exp(real(x_i) is NaN and imag(x_i) is NaN)]",
            "complex",
        ),
        ("test_has_names.py::test_has_names[fft-rfft]", "fft"),
        ("test_array_object.py::test_setitem_masking", "never changes"),
        ("test_manipulation_functions.py::test_concat", ""),
        ("test_signatures.py::test_func_signature[real]", ""),
    ],
)
def test_a_failure_has_its_reason_or_none(tool: ModuleType, name: str, word: str) -> None:
    ((reason, names),) = tool.by_reason([name]).items()
    assert names == [name]
    assert (word in reason) if word else reason == ""


def test_the_suite_is_made_to_start_once(tool: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "array_api_tests" / "dtype_helpers.py"
    path.parent.mkdir()
    line = "widest_complex_dtype = max(\n    [x for x in ()], key=len\n)[0]\n"
    path.write_text(f"before = 1\n{line}after = max([1])\n", encoding="utf-8")
    for _ in range(2):
        tool.allow_real_libraries(tmp_path)
    names = runpy.run_path(str(path))
    assert names["widest_complex_dtype"] is None
    assert names["after"] == 1
