"""Keras' convolutional network of digits: filters 32-64-128, dropout, Adam, batches of 128.

There are 3×3 filters with pooling between them, 32, 64 and 128 in number, and then the ten classes.
With Keras it reaches 99.25 % of the test digits. The figure printed here is that of the last epoch,
not that of the best.

    python examples/mnist_convnet.py                 # some minutes
    python examples/mnist_convnet.py --epochs 2
"""

from __future__ import annotations

import argparse
import time

import chainrule as cr
from chainrule import nn, optim
from chainrule.train.mnist import Digits, load_mnist

PUBLISHED = 99.25
BATCH = 128


def network() -> nn.Sequential:
    """Return the network for images (n, 1, 28, 28)."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 128, 3), nn.ReLU(), nn.Flatten()),
        *(nn.Dropout(0.5), nn.Linear(1152, 10)),
    )


def accuracies(train: Digits, test: Digits, *, epochs: int, progress: bool = False) -> list[float]:
    """Train, and return the test accuracy after every epoch, in percent."""
    model = network()
    batches = -(-len(train.labels) // BATCH)
    rate = optim.Cosine(1e-3, steps=epochs * batches)
    trainer = cr.Trainer(
        model,
        loss=nn.cross_entropy,
        optimizer=optim.Adam(model, learning_rate=rate),
        metrics=["accuracy"],
    )
    history = trainer.fit(
        (train.images.reshape(-1, 1, 28, 28), train.labels),
        validation=(test.images.reshape(-1, 1, 28, 28), test.labels),
        epochs=epochs,
        batch_size=BATCH,
        progress=progress,
    )
    return [100 * accuracy for accuracy in history["validation_accuracy"]]


def main() -> None:
    """Train, and print the last epoch's accuracy beside the published figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cr.seed(options.seed)
    train, test = load_mnist()
    begun = time.perf_counter()
    reached = accuracies(train, test, epochs=options.epochs, progress=True)[-1]
    seconds = time.perf_counter() - begun
    print(f"test accuracy {reached:.2f} %, published {PUBLISHED:.2f} %, ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
