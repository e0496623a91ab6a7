"""Single cases in which we differ from the reference, each with its reason."""

from __future__ import annotations

SINGLE_SIXTH = "the reference's derivative takes 1/6 in float32 for its float64"

MEAN_OF_THOSE_THAT_MEET = (
    "where windows overlap several numbers go back to one place, which is their mean here; the "
    "reference takes one of them and gives each the gradient of a place that it fills alone"
)

MEETING = {
    1: (3, 5, 6, 8, 9, 11, 17),
    2: (1, 3, 4, 6, 7, 9, 10, 14, 16, 17, 19, 20, 22, 23),
    3: (0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23),
}

# Cases whose values agree and whose gradients differ on purpose.
DIFFERENT: dict[tuple[str, int], str] = {
    ("nn.functional.hardsigmoid", 0): SINGLE_SIXTH,
    **{
        (f"nn.functional.max_unpool{size}d", index): MEAN_OF_THOSE_THAT_MEET
        for size, indices in MEETING.items()
        for index in indices
    },
}
