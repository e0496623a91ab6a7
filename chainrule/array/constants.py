"""Constants: numbers that have names of their own, and the mark of a new axis."""

from __future__ import annotations

import math

e: float = math.e
"""Euler's number, the base of the natural logarithm."""

inf: float = math.inf
"""Positive infinity."""

nan: float = math.nan
"""Not a number."""

newaxis: None = None
"""What makes a new axis of length 1 in a key: `x[newaxis]` is `x[None]`."""

pi: float = math.pi
"""Half the way around the unit circle."""
