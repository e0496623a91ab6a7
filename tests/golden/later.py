"""Operations of the reference that the library does not have yet, and why."""

from __future__ import annotations

CONVOLUTION = "convolutions come with the convolution layers"
NORMALIZATION = "normalization layers with their running statistics come together, later"
DECOMPOSITION = "decompositions of matrices need primitives of their own"
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
        )
    },
    "nn.functional.batch_norm": NORMALIZATION,
    "nn.functional.batch_norm@without_cudnn": NORMALIZATION,
    "nn.functional.group_norm": NORMALIZATION,
    "nn.functional.instance_norm": NORMALIZATION,
    "nn.functional.layer_norm": NORMALIZATION,
    "nn.functional.local_response_norm": NORMALIZATION,
    "nn.functional.rms_norm": NORMALIZATION,
    "linalg.cholesky": DECOMPOSITION,
    "linalg.det": DECOMPOSITION,
    "linalg.inv": DECOMPOSITION,
    "linalg.slogdet": DECOMPOSITION,
    "linalg.solve": DECOMPOSITION,
    "nn.functional.ctc_loss": RECURRENCE,
    "nn.functional.embedding_bag": BAGS,
}
