"""Where and with what it was measured: processor, cores, date, versions; no names of machines."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import cores

LIBRARIES = ("chainrule", "numpy", "llvmlite", "torch", "jax", "scikit-learn")
PROCESSOR = Path("/proc/cpuinfo")


def machine() -> str:
    """Return a line for a record of results."""
    today = datetime.now(UTC).date().isoformat()
    versions = ", ".join(found for name in LIBRARIES if (found := _version(name)))
    count = cores.count()
    made_by = f"Python {platform.python_version()}, {versions}"
    return (
        f"{today}, {processor()}, {count} core{'s' * (count > 1)}, {platform.system()}; {made_by}"
    )


def processor() -> str:
    """Return the model of the processor, as far as the system tells."""
    if not PROCESSOR.exists():
        return platform.processor() or platform.machine()
    lines = PROCESSOR.read_text(encoding="utf-8").splitlines()
    named = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    facts = {key.strip(): value.strip() for key, value in named.items()}
    model = facts.get("model name", platform.machine())
    family = [f"{key} {facts[key]}" for key in ("cpu family", "model") if key in facts]
    return f"{model} ({', '.join(family)})" if family else model


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return ""
