"""Operations of the reference that the library does not have yet, and why."""

from __future__ import annotations

RECURRENCE = "a loss over alignments is a recurrence: it comes with the recurrent layers"

LATER: dict[str, str] = {
    "nn.functional.ctc_loss": RECURRENCE,
}
