"""What to type to call this program again: `chainrule`, `./run`, or how it was called."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

NAME = "chainrule"


def invocation() -> str:
    """Return the shortest way to call this program that works in the present folder."""
    if shutil.which(NAME):
        return NAME
    called = Path(sys.argv[0]).absolute()
    if called.name == "__main__.py":
        return f"{Path(sys.executable).name} -m {NAME}"
    # From a checkout: ROOT/run calls ROOT/.venv/bin/chainrule.
    starter = called.parents[min(2, len(called.parents) - 1)] / "run"
    way = os.path.relpath(starter if starter.is_file() else called)
    return shlex.quote(way if os.sep in way else f".{os.sep}{way}")


def typed(*words: str | os.PathLike[str]) -> str:
    """Return a command line that calls this program with these words.

    >>> typed("evaluate", "models/my model").endswith("evaluate 'models/my model'")
    True
    """
    return " ".join([invocation(), *(shlex.quote(os.fspath(word)) for word in words)])
