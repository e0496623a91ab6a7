"""The public test suite of the Array API standard, run against chainrule and against NumPy.

    python tools/array_api.py SUITE [EXAMPLES]

SUITE is a clone, with its submodule, of array-api-tests by the Consortium for Python Data API
Standards; this Python needs what its requirements.txt lists, and NumPy and llvmlite. Each test
draws EXAMPLES (by default 20). Printed is what fails here and not with NumPy, by reason; what has
none makes the exit status 1. docs/array-api.md tells more of the reasons.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
EDITION = "2024.12"
MISSING_DTYPES = {"chainrule": "complex64,complex128"}

# Why a test fails, by parts of its name.
REASONS = {
    "there are no complex numbers": ("real(x_i)",),
    "there is no fft": ("fft",),
    "a tensor never changes": ("test_setitem", "test_asarray_arrays"),
    "what must not be written to is only handed out so, or copied": ("test_dunder_dlpack",),
}


def allow_real_libraries(suite: Path) -> None:
    """Let the suite start for a library without complex numbers: a maximum of none is none."""
    path = suite / "array_api_tests" / "dtype_helpers.py"
    before, name, after = path.read_text(encoding="utf-8").partition("widest_complex_dtype = max(")
    if "default=" not in after.partition(")[0]")[0]:
        changed = after.replace("\n)[0]", ", default=(None, 0)\n)[0]", 1)
        path.write_text(before + name + changed, encoding="utf-8")


def failures(suite: Path, module: str, examples: int) -> set[str]:
    """Return the names of the tests that fail for the array library `module`."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        settings = {
            "ARRAY_API_TESTS_MODULE": module,
            "ARRAY_API_TESTS_VERSION": EDITION,
            "ARRAY_API_TESTS_SKIP_DTYPES": MISSING_DTYPES.get(module, ""),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-W", "ignore"]
        options = [f"--max-examples={examples}", "--disable-deadline"]
        options += ["--json-report", f"--json-report-file={report}"]
        subprocess.run(
            [*command, *options, "array_api_tests"],
            cwd=suite,
            env={**os.environ, **settings},
            check=False,
        )
        tests = json.loads(report.read_text(encoding="utf-8"))["tests"]
    return {test["nodeid"] for test in tests if test["outcome"] in ("failed", "error")}


def by_reason(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the tests by why they fail; under "" those without a reason."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        reasons = (why for why, parts in REASONS.items() if any(part in name for part in parts))
        found.setdefault(next(reasons, ""), []).append(name)
    return found


def main(suite: Path, examples: int = 20) -> int:
    """Run the suite for both libraries, print what differs, and return the exit status."""
    allow_real_libraries(suite)
    own, numpy = (failures(suite, module, examples) for module in ("chainrule", "numpy"))
    print(f"{len(own & numpy)} tests fail here and with NumPy, {len(own - numpy)} only here:")
    grouped = by_reason(own - numpy)
    for reason, names in grouped.items():
        print(f"{len(names):>6}  {reason or 'NO REASON: ' + ', '.join(names)}")
    return int("" in grouped)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:3])))
