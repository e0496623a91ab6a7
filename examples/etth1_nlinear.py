"""NLinear on ETTh1: the load and temperature of a transformer, hours ahead, by one linear layer.

Zeng, Chen, Zhang & Xu, Are transformers effective for time series forecasting? (AAAI 2023): from
the last 336 hours the next 96 with a mean squared error of 0.374, the next 336 with 0.429, over all
seven columns in units of their standard deviation. Each column is predicted from itself, by weights
that all share: y = W (x − x_last) + b + x_last. Of 20 months the last eight are held out: four to
say when to stop, four to test on.

    python examples/etth1_nlinear.py               # both, some 20 seconds
    python examples/etth1_nlinear.py --hours 96
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

import chainrule as cr
from chainrule import nn, optim
from chainrule.train.ett import load_etth1

PUBLISHED = {96: 0.374, 336: 0.429}
LOOK_BACK = 336
BATCH = 32
MONTH = 30 * 24
# Each part ends there; the hours that it looks back on may lie in the part before.
TRAIN_END, VALIDATION_END, TEST_END = 12 * MONTH, 16 * MONTH, 20 * MONTH


class Windows(NamedTuple):
    """Hours seen (n, columns, look-back) and the hours that follow them (n, columns, hours)."""

    seen: NDArray[np.float32]
    next: NDArray[np.float32]


class NLinear(nn.Module):
    """y = W (x − x_last) + b + x_last: what is learnt is the change from the last hour.

    The weights start at 0, so that the first forecast is the last hour,
    repeated. Shapes: x (n, columns, look-back), y (n, columns, hours).
    """

    def __init__(self, look_back: int, hours: int) -> None:
        self.linear = nn.Linear(look_back, hours, initializer=nn.initializers.zeros())

    def forward(self, x: cr.Tensor) -> cr.Tensor:
        last = x[:, :, -1:]
        forecast: cr.Tensor = self.linear(x - last) + last
        return forecast


def windows(series: NDArray[np.float32], start: int, end: int, hours: int) -> Windows:
    """Return every window of which all the hours to be predicted lie between start and end."""
    part = series[max(start - LOOK_BACK, 0) : end]
    every = sliding_window_view(part, LOOK_BACK + hours, axis=0)
    return Windows(
        np.ascontiguousarray(every[:, :, :LOOK_BACK]), np.ascontiguousarray(every[:, :, LOOK_BACK:])
    )


def standardized(series: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the columns in units of the training part's standard deviation, from its mean."""
    train = series[:TRAIN_END]
    scaled: NDArray[np.float32] = (series - train.mean(axis=0)) / train.std(axis=0)
    return scaled.astype(np.float32)


def error(series: NDArray[np.float64], hours: int, *, epochs: int, progress: bool = False) -> float:
    """Train to predict that many hours, and return the mean squared error on the test months."""
    scaled = standardized(series)
    train = windows(scaled, 0, TRAIN_END, hours)
    validation = windows(scaled, TRAIN_END, VALIDATION_END, hours)
    test = windows(scaled, VALIDATION_END, TEST_END, hours)
    model = NLinear(LOOK_BACK, hours)
    halving = optim.StepDecay(0.005, every=-(-len(train.seen) // BATCH), factor=0.5)
    optimizer = optim.Adam(model, learning_rate=halving)
    trainer = cr.Trainer(model, loss=nn.mse, optimizer=optimizer)
    trainer.fit(
        train, validation=validation, epochs=epochs, batch_size=BATCH, patience=3, progress=progress
    )
    return trainer.evaluate(test)["loss"]


def main() -> None:
    """Train for both horizons, and print each error beside the published one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, choices=list(PUBLISHED), action="append")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    series = load_etth1()
    for hours in options.hours or PUBLISHED:
        cr.seed(options.seed)
        begun = time.perf_counter()
        reached = error(series, hours, epochs=options.epochs, progress=True)
        seconds = time.perf_counter() - begun
        print(f"{hours} hours: MSE {reached:.4f}, published {PUBLISHED[hours]} ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
