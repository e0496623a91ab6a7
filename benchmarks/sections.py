"""What a measurement hands over: a section with a title, for the screen or for the record."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

RECORD = Path(__file__).parent / "RESULTS.md"
HEAD = """# Results

Written by `python -m benchmarks … --record`. Only what stands in one section was measured in one
run and may be compared. The ratios mean something elsewhere; the times belong to their machine.
"""


@dataclass(frozen=True)
class Section:
    """A heading and the Markdown below it."""

    title: str
    text: str

    def __str__(self) -> str:
        return f"## {self.title}\n\n{self.text}\n"


def record(section: Section, machine: str, path: Path = RECORD) -> None:
    """Put `section` into the file at `path`, in place of the one with the same title."""
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD
    head, *others = text.split("\n## ")
    kept = [other for other in others if other.split("\n", 1)[0] != section.title]
    new = str(Section(section.title, f"{machine}\n\n{section.text}")).removeprefix("## ")
    parts = [head, *sorted([*kept, new])]
    _replace(path, "\n\n## ".join(part.strip("\n") for part in parts) + "\n")


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
