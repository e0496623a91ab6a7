"""What the reference calls its operations on images, and how they are called here."""

from __future__ import annotations

from typing import Any

from chainrule import nn
from tests.golden.reference import Call

SIZES = (1, 2, 3)


def named(kind: str, size: int) -> Call:
    found: Call = getattr(nn, f"{kind}{size}d")
    return found


def averaged(size: int) -> Call:
    """The divisor has a name here."""

    def call(x: Any, *options: Any, **named_options: Any) -> Any:
        if len(options) > 5:
            named_options["divisor_override"] = options[5]
        return named("avg_pool", size)(x, *options[:5], **named_options)

    return call


CALLS: dict[str, Call] = {
    f"nn.functional.{kind}{size}d": named(kind, size)
    for kind in ("adaptive_avg_pool", "adaptive_max_pool", "max_pool", "max_unpool")
    for size in SIZES
}
CALLS |= {f"nn.functional.max_unpool{size}d@grad": named("max_unpool", size) for size in SIZES}
CALLS |= {f"nn.functional.avg_pool{size}d": averaged(size) for size in SIZES}


def upsampled(mode: str, align_corners: bool | None) -> Call:
    def call(x: Any, size: Any = None, scale_factor: Any = None) -> Any:
        return nn.interpolate(x, size, scale_factor, mode, align_corners)

    return call


MODES = ("area", "bicubic", "bilinear", "linear", "nearest", "nearest-exact", "trilinear")
CALLS |= {f"nn.functional.interpolate@{mode}": nn.interpolate for mode in MODES}
CALLS |= {
    "nn.functional.channel_shuffle": nn.channel_shuffle,
    "nn.functional.grid_sample": nn.grid_sample,
    "nn.functional.pixel_shuffle": nn.pixel_shuffle,
    "nn.functional.pixel_unshuffle": nn.pixel_unshuffle,
    "nn.functional.unfold": nn.unfold,
    "nn.functional.upsample_bilinear": upsampled("bilinear", align_corners=True),
    "nn.functional.upsample_nearest": upsampled("nearest", align_corners=None),
}
