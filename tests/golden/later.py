"""Operations of the reference that the library does not have yet, and why."""

from __future__ import annotations

DECOMPOSITION = "decompositions of matrices need primitives of their own"
RECURRENCE = "a loss over alignments is a recurrence: it comes with the recurrent layers"

LATER: dict[str, str] = {
    "linalg.cholesky": DECOMPOSITION,
    "linalg.det": DECOMPOSITION,
    "linalg.inv": DECOMPOSITION,
    "linalg.slogdet": DECOMPOSITION,
    "linalg.solve": DECOMPOSITION,
    "nn.functional.ctc_loss": RECURRENCE,
}
