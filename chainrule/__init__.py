"""chainrule: neural networks trained by backpropagation, every step open to view.

The data's way, top to bottom; a stage imports only from those above it:

    array   data types, shapes, structures, random bits
    build   tensors become a graph: primitives and the array functions made of them
    derive  the graph grows its derivatives
    fuse    a graph becomes a smaller graph, and groups of nodes
    plan    groups become kernels over memory
    render  kernels become LLVM IR
    run     a recorded function becomes a program
    linalg  linear algebra
    nn      layers and losses
    optim   optimizers and schedules
    table   from CSV and Parquet files to numbers
    train   data, metrics, the trainer, model folders
    view    looking inside
    cli     the command line

The array functions follow the Array API standard (2024.12).
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

__version__ = "0.1.0"
__array_api_version__ = "2024.12"

_origins: dict[str, tuple[str, str]] = {}


def __getattr__(name: str) -> Any:
    """Fetch a name from where `__init__.pyi` says, once it is asked for; importing is free."""
    if name not in _names():
        raise AttributeError(f"module 'chainrule' has no attribute {name!r}")
    module, original = _origins[name]
    if module == __name__:
        found: Any = importlib.import_module(f"{module}.{original}")
    else:
        found = getattr(importlib.import_module(module), original)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_names()})


def _names() -> dict[str, tuple[str, str]]:
    """Return `{name: (module, name there)}`, read from the stub on first use."""
    if not _origins:
        stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
        for line in stub.body:
            if isinstance(line, ast.ImportFrom) and line.module != "__future__":
                _origins.update(
                    {item.asname or item.name: (str(line.module), item.name) for item in line.names}
                )
    return _origins
