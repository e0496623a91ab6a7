"""What the reference calls its convolutions, which have the same options here."""

from __future__ import annotations

from chainrule import nn
from tests.golden.reference import Call

CALLS: dict[str, Call] = {
    f"nn.functional.{call.__name__}": call
    for call in (
        nn.conv1d,
        nn.conv2d,
        nn.conv3d,
        nn.conv_transpose1d,
        nn.conv_transpose2d,
        nn.conv_transpose3d,
    )
}
