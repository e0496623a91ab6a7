"""Nielsen's digit classifier: 784-100-10 sigmoid units, quadratic cost, plain gradient descent.

Nielsen, Neural Networks and Deep Learning (2015), chapter 1, reports 96.59 % of the 10,000 test
digits after 30 epochs with batches of 10 and learning rate 3.0. As in the book the network learns
from 50,000 of the 60,000 training digits, and its best epoch on the test digits is the figure. The
start matters: from some seeds an output unit is stuck, and its digit is never learnt.

    python examples/mnist_sigmoid.py            # about half a minute
    python examples/mnist_sigmoid.py --epochs 3
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import chainrule as cr
from chainrule import nn, optim
from chainrule.train.mnist import load_mnist

PUBLISHED = 96.59
BATCH = 10
TRAINING_DIGITS = 50_000


def network() -> nn.Sequential:
    """Return the network with standard normal weights and biases, divided by nothing."""
    standard_normal = nn.initializers.normal(std=1.0)
    model = nn.Sequential(
        nn.Linear(784, 100, initializer=standard_normal),
        nn.Sigmoid(),
        nn.Linear(100, 10, initializer=standard_normal),
        nn.Sigmoid(),
    )
    for layer in model:
        if isinstance(layer, nn.Linear) and layer.bias is not None:
            layer.bias.assign(cr.default_generator().normal(layer.bias.shape))
    return model


def main() -> None:
    """Train, and print every epoch's accuracy beside the published figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cr.seed(options.seed)

    train, test = load_mnist()
    model = network()
    optimizer = optim.SGD(model, learning_rate=3.0)

    @cr.compile
    def step(x: cr.Tensor, y: cr.Tensor) -> cr.Tensor:
        activation = model(x)
        loss = cr.divide(cr.sum((activation - y) ** 2), 2 * BATCH)
        optimizer.step(loss.backward())
        return loss

    predict = cr.compile(model)
    targets = np.eye(10, dtype=np.float32)[train.labels]
    best = 0.0
    for epoch in range(1, options.epochs + 1):
        begun = time.perf_counter()
        order = np.asarray(cr.default_generator().permutation(TRAINING_DIGITS))
        step.epoch(train.images, targets, batch_size=BATCH, order=order)
        guesses = np.argmax(np.asarray(predict(test.images)), axis=1)
        accuracy = 100 * float(np.mean(guesses == test.labels))
        best = max(best, accuracy)
        seconds = time.perf_counter() - begun
        print(f"epoch {epoch:2}  test accuracy {accuracy:.2f} %  ({seconds:.1f} s)", flush=True)
    print(f"best {best:.2f} %, published {PUBLISHED} %, difference {best - PUBLISHED:+.2f}")


if __name__ == "__main__":
    main()
