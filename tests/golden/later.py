"""Operations of the reference that the library does not have yet, and why."""

from __future__ import annotations

CONVOLUTION = "what unfolds images comes with the pooling layers"
POOLING = "pooling comes with the convolution layers"
RESAMPLING = "resampling of images comes with the convolution layers"
DECOMPOSITION = "decompositions of matrices need primitives of their own"
RECURRENCE = "a loss over alignments is a recurrence: it comes with the recurrent layers"

LATER: dict[str, str] = {
    "nn.functional.unfold": CONVOLUTION,
    **{
        f"nn.functional.{kind}{size}d": POOLING
        for kind in (
            "adaptive_avg_pool",
            "adaptive_max_pool",
            "avg_pool",
            "max_pool",
            "max_unpool",
        )
        for size in (1, 2, 3)
    },
    **{f"nn.functional.max_unpool{size}d@grad": POOLING for size in (1, 2, 3)},
    **{
        f"nn.functional.interpolate@{mode}": RESAMPLING
        for mode in (
            "area",
            "bicubic",
            "bilinear",
            "linear",
            "nearest",
            "nearest-exact",
            "trilinear",
        )
    },
    "nn.functional.grid_sample": RESAMPLING,
    "nn.functional.upsample_bilinear": RESAMPLING,
    "nn.functional.upsample_nearest": RESAMPLING,
    "linalg.cholesky": DECOMPOSITION,
    "linalg.det": DECOMPOSITION,
    "linalg.inv": DECOMPOSITION,
    "linalg.slogdet": DECOMPOSITION,
    "linalg.solve": DECOMPOSITION,
    "nn.functional.ctc_loss": RECURRENCE,
}
