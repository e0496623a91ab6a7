"""Karpathy's makemore: an MLP that learns names, letter by letter, and makes more of them.

Three letters of context, an embedding of 10 numbers each, a hidden layer of 200 tanh units (after
Bengio et al. 2003). Karpathy reports losses of 2.126 on the names learnt from and 2.170 on those to
develop with, after 200,000 steps of 32 places, at rate 0.1 and from the middle on 0.01.

    python examples/makemore.py                 # 200,000 steps, half a minute on two cores
    python examples/makemore.py --steps 20000
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import chainrule as cr
from chainrule import nn, optim
from chainrule.train.names import ALPHABET, Contexts, contexts, load_names

PUBLISHED = 2.126, 2.170
CONTEXT, FEATURES, UNITS, BATCH = 3, 10, 200, 32
RATE, LATE_RATE = 0.1, 0.01
STEPS_AT_ONCE = 10_000


class Letters(nn.Module):
    """The logits of the next letter, from the letters before it, as numbers."""

    def __init__(self) -> None:
        # As in the published run: everything standard normal, divided by nothing.
        normal = nn.initializers.normal(std=1.0)
        inputs, letters = CONTEXT * FEATURES, len(ALPHABET)
        draw = cr.default_generator().normal
        self.features = cr.Variable(draw((letters, FEATURES)), trainable=True, name="features")
        self.hidden = nn.Linear(inputs, UNITS, initializer=normal)
        self.output = nn.Linear(UNITS, letters, initializer=normal)
        for layer in (self.hidden, self.output):
            if layer.bias is not None:
                layer.bias.assign(draw(layer.bias.shape))

    def forward(self, before: cr.Tensor) -> cr.Tensor:
        """Return logits (n, 27) of the letters that follow `before` (n, 3)."""
        features = cr.take(self.features, cr.reshape(before, (-1,)), axis=0)
        hidden = cr.tanh(self.hidden(cr.reshape(features, (-1, CONTEXT * FEATURES))))
        logits: cr.Tensor = self.output(hidden)
        return logits


def train(model: Letters, data: Contexts, steps: int, generator: np.random.Generator) -> None:
    """Take the steps, each on places drawn anew; the rate falls in the middle."""
    optimizer = optim.SGD(model, optim.MultiStep(RATE, [max(steps // 2, 1)], LATE_RATE / RATE))

    @cr.compile
    def step(before: cr.Tensor, letters: cr.Tensor) -> cr.Tensor:
        loss = nn.cross_entropy(model(before), letters)
        optimizer.step(loss.backward())
        return loss

    for done in range(0, steps, STEPS_AT_ONCE):
        begun, count = time.perf_counter(), min(STEPS_AT_ONCE, steps - done)
        order = generator.integers(0, len(data.letters), count * BATCH)
        losses = np.asarray(step.epoch(*data, batch_size=BATCH, order=order))
        seconds = time.perf_counter() - begun
        print(f"step {done + count:6}  loss {losses.mean():.4f}  ({seconds:.1f} s)", flush=True)


def loss_on(model: Letters, data: Contexts) -> float:
    """Return the mean loss on all places."""
    return float(cr.compile(lambda x, y: nn.cross_entropy(model(x), y))(*data))


def made(model: Letters, count: int, generator: np.random.Generator) -> list[str]:
    """Return new names, each letter drawn by the probability that the model gives it."""
    predict = cr.compile(lambda before: nn.softmax(model(before)))
    names = []
    for _ in range(count):
        numbers = [0] * CONTEXT
        while len(numbers) == CONTEXT or (numbers[-1] and len(numbers) < 30):
            chances = np.asarray(predict(np.array([numbers[-CONTEXT:]])), np.float64)[0]
            numbers.append(int(generator.choice(len(ALPHABET), p=chances / chances.sum())))
        names.append("".join(ALPHABET[number] for number in numbers[CONTEXT:] if number))
    return names


def main() -> None:
    """Train, and print both losses beside the published ones, and some new names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cr.seed(options.seed)
    generator = np.random.default_rng(options.seed)

    learn, develop, _ = (contexts(names, CONTEXT) for names in load_names())
    model = Letters()
    train(model, learn, options.steps, generator)
    for name, data, published in zip(("train", "dev"), (learn, develop), PUBLISHED, strict=True):
        loss = loss_on(model, data)
        print(f"{name:5} {loss:.3f}, published {published:.3f}, difference {loss - published:+.3f}")
    print(", ".join(made(model, 10, generator)))


if __name__ == "__main__":
    main()
