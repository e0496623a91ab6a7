"""Single cases in which we differ from the reference, each with its reason."""

from __future__ import annotations

SINGLE_SIXTH = "the reference's derivative takes 1/6 in float32 for its float64"

# Cases whose values agree and whose gradients differ on purpose.
DIFFERENT: dict[tuple[str, int], str] = {
    ("nn.functional.hardsigmoid", 0): SINGLE_SIXTH,
}
