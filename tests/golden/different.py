"""Cases whose gradient differs from the reference on purpose: the table of kinks, and why."""

from __future__ import annotations

DIFFERENT: dict[tuple[str, int], str] = {}
