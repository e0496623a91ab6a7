"""Batch normalization: each channel with the statistics of the whole batch."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.normalization.channels import with_channels
from chainrule.nn.normalization.running import ChannelNorm, by_own_statistics, by_statistics

NAME = "batch_norm"


def batch_norm(
    x: ArrayLike,
    mean: ArrayLike | None = None,
    variance: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    epsilon: float = 1e-5,
) -> Tensor:
    """Return y = w·(x − μ)/√(σ² + ε) + b, each number one of a channel, the second axis.

    Without `mean` μ and `variance` σ² they are those of x, over all other axes; the gradient goes
    through them. Shapes: x and y (n, channels, …); μ, σ², w, b (channels,). Ioffe & Szegedy, Batch
    normalization: accelerating deep network training by reducing internal covariate shift (ICML
    2015), algorithm 1.

    Errors: `ShapeError` where shapes do not fit, or a channel has a single element to take the
    statistics from; `OptionError` for one of mean and variance without the other.

    >>> batch_norm([[1.0], [3.0]], epsilon=0.0)
    Tensor([[-1.],
            [ 1.]], float32)
    """
    given = with_channels(NAME, x)
    if (mean is None) != (variance is None):
        raise OptionError(f"{NAME} takes both mean and variance, or none of them")
    if mean is None or variance is None:
        return by_own_statistics(NAME, given, batch_axes(given), weight, bias, epsilon).result
    return by_statistics(NAME, given, (mean, variance), weight, bias, epsilon)


def batch_axes(x: Tensor) -> tuple[int, ...]:
    """Return the axes of the statistics: all but the channels."""
    return (0, *range(2, x.ndim))


class BatchNorm(ChannelNorm):
    """What `BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d` have in common."""

    def axes(self, x: Tensor) -> tuple[int, ...]:
        """Return the batch and the places."""
        return batch_axes(x)


class BatchNorm1d(BatchNorm):
    """A layer of `batch_norm` for rows or series: y = w·(x − μ)/√(σ² + ε) + b for each channel.

    In training μ and σ² are those of the batch, and running ones follow them: running ←
    (1 − m)·running + m·new with m = `momentum`, the new variance divided by n − 1; with `None` they
    are the mean over all batches so far. In evaluation the running ones are used, so that a
    prediction does not depend on its batch; without `track_running_stats` always those of the
    batch. w and b start at 1 and 0 and are learnt, where `affine`. Ioffe & Szegedy, Batch
    normalization (ICML 2015).

    Shapes: x and y (n, channels) or (n, channels, length); w = `weight`, b = `bias`,
    `running_mean`, `running_var` (channels,).

    Errors: `OptionError` for channels that are no positive integer, ε below 0, a momentum outside
    0 < m ≤ 1; called, `ShapeError` for an input of other axes or channels, or, in training, with
    one element a channel.

    >>> from chainrule import nn
    >>> layer = nn.BatchNorm1d(2)
    >>> layer([[1.0, 0.0], [3.0, 0.0]])
    Tensor([[-0.999995,  0.      ],
            [ 0.999995,  0.      ]], float32)
    >>> layer.running_mean.__tensor__()
    Tensor([0.2, 0. ], float32)
    """

    ranks = (2, 3)


class BatchNorm2d(BatchNorm):
    """A layer of `batch_norm` for images; see `BatchNorm1d`.

    Shapes: x and y (n, channels, height, width).

    >>> from chainrule import nn
    >>> nn.BatchNorm2d(1)([[[[1.0, 2.0], [3.0, 4.0]]]]).shape
    (1, 1, 2, 2)
    """

    ranks = (4,)


class BatchNorm3d(BatchNorm):
    """A layer of `batch_norm` for volumes; see `BatchNorm1d`.

    Shapes: x and y (n, channels, depth, height, width).

    >>> from chainrule import nn
    >>> nn.BatchNorm3d(1)([[[[[1.0, 2.0], [3.0, 4.0]]]]]).shape
    (1, 1, 1, 2, 2)
    """

    ranks = (5,)
