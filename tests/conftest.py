"""What holds for all tests: which files are tests, and how hypothesis draws."""

from __future__ import annotations

import os

# The tests run side by side, and small products gain nothing from a second thread: where cores are
# shared, waiting for each other costs them many times the work. NumPy reads this when it is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# What one run compiled must not decide what the next one does.
os.environ.setdefault("CHAINRULE_CACHE", "off")
# No program runs whose kernels leave their memory or whose threads meet.
os.environ.setdefault("CHAINRULE_CHECKED", "on")

from pathlib import Path

from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

ROOT = Path(__file__).parent.parent

# A property is tried on this many examples; a long search before a release asks for more.
EXAMPLES = int(os.environ.get("CHAINRULE_EXAMPLES", "25"))

# No deadline: a test that measures time fails on a busy machine.
settings.register_profile(
    "here",
    deadline=None,
    max_examples=EXAMPLES,
    database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
)
# The same draws in every run: a change is judged by what it changes.
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    print_blob=True,
)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave alone what is no test: docstrings with examples are the package's."""
    is_other = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if is_other else None
