"""Operations of the reference that the library does not have yet, and why."""

from __future__ import annotations

CONVOLUTION = "convolutions and what unfolds images for them come with the convolution layers"
POOLING = "pooling comes with the convolution layers"
RESAMPLING = "resampling of images comes with the convolution layers"
NORMALIZATION = "normalization layers with their running statistics come together, later"
RECURRENCE = "a loss over alignments is a recurrence: it comes with the recurrent layers"
BAGS = "sums over bags of rows come with the embedding layers"

LATER: dict[str, str] = {
    **{
        f"nn.functional.{name}": CONVOLUTION
        for name in (
            "conv1d",
            "conv2d",
            "conv3d",
            "conv_transpose1d",
            "conv_transpose2d",
            "conv_transpose3d",
            "unfold",
        )
    },
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
    "nn.functional.batch_norm": NORMALIZATION,
    "nn.functional.batch_norm@without_cudnn": NORMALIZATION,
    "nn.functional.group_norm": NORMALIZATION,
    "nn.functional.instance_norm": NORMALIZATION,
    "nn.functional.layer_norm": NORMALIZATION,
    "nn.functional.local_response_norm": NORMALIZATION,
    "nn.functional.rms_norm": NORMALIZATION,
    "nn.functional.ctc_loss": RECURRENCE,
    "nn.functional.embedding_bag": BAGS,
}
