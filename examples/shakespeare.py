"""A small GPT that learns to write like Shakespeare, one character after the other.

Four layers of four heads, 128 features, 64 characters of context: the setting for a CPU of nanoGPT,
which reports a validation loss of 1.88 after 2,000 steps of 12 sequences. The text is split as
there, the first nine tenths to learn from; the loss is the mean over 200 batches of the rest.

    python examples/shakespeare.py             # about a minute on two cores; 1.81 from seed 1
    python examples/shakespeare.py --steps 200
"""

from __future__ import annotations

import argparse
import time
from functools import partial

import numpy as np
from numpy.typing import NDArray

import chainrule as cr
from chainrule import nn, optim
from chainrule.train.shakespeare import load_shakespeare

PUBLISHED = 1.88
CONTEXT = 64
BATCH = 12
RATE, WARMUP = 1e-3, 100
VALIDATION_BATCHES = 200

Tokens = NDArray[np.int64]


class GPT(nn.Module):
    """A transformer that predicts each token from those before it; its head is the embedding.

    Radford et al., Language models are unsupervised multitask learners (2019).
    """

    def __init__(self, tokens: int, context: int, layers: int, heads: int, features: int) -> None:
        small = nn.initializers.normal(std=0.02)
        self.embedding = nn.Embedding(tokens, features, initializer=small)
        self.places = nn.Embedding(context, features, initializer=small)
        self.blocks = nn.TransformerEncoder(
            [
                nn.TransformerEncoderLayer(
                    features, heads, 4 * features, 0.0, "gelu", norm_first=True
                )
                for _ in range(layers)
            ],
            norm=nn.LayerNorm(features),
        )

    def forward(self, tokens: cr.Tensor) -> cr.Tensor:
        """Return the logits (n, length, tokens) of what follows each of the tokens (n, length)."""
        x = self.embedding(tokens) + self.places.weight[: tokens.shape[1]]
        return nn.linear(self.blocks(x, is_causal=True), self.embedding.weight)


def batch(text: Tokens, generator: np.random.Generator) -> tuple[Tokens, Tokens]:
    """Return sequences from random places of the text, and the same one character later."""
    starts = generator.integers(0, len(text) - CONTEXT, BATCH)
    places = starts[:, None] + np.arange(CONTEXT)
    return text[places], text[places + 1]


def train(model: GPT, text: Tokens, steps: int, generator: np.random.Generator) -> None:
    """Train for so many steps.

    As in nanoGPT the learning rate rises over 100 steps to 10⁻³ and falls along a cosine to 10⁻⁴,
    gradients are clipped to length 1, and weights, not biases, decay by 0.1.
    """
    falling = optim.Cosine(RATE, max(steps - WARMUP, 1), RATE / 10)
    rate = optim.LinearWarmup(RATE, WARMUP).then(falling, at=WARMUP)
    clipped = partial(optim.clip_by_global_norm, limit=1.0)
    optimizer = optim.AdamW(
        model, learning_rate=rate, beta2=0.99, weight_decay=0.1, gradient_transform=clipped
    )

    @cr.compile
    def step(x: cr.Tensor, y: cr.Tensor) -> cr.Tensor:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    begun = time.perf_counter()
    for number in range(1, steps + 1):
        loss = step(*batch(text, generator))
        if number % 200 == 0 or number == steps:
            seconds = time.perf_counter() - begun
            print(
                f"step {number:5}  training loss {float(loss):.3f}  ({seconds:.1f} s)", flush=True
            )


def loss_on(model: GPT, text: Tokens, batches: int, generator: np.random.Generator) -> float:
    """Return the mean loss on so many batches."""

    @cr.compile
    def judged(x: cr.Tensor, y: cr.Tensor) -> cr.Tensor:
        return nn.cross_entropy(model(x), y)

    return float(np.mean([judged(*batch(text, generator)) for _ in range(batches)]))


def written(model: GPT, start: Tokens, length: int, generator: np.random.Generator) -> Tokens:
    """Return the start and so many characters more, each drawn from what the model expects.

    The model always reads a whole context, so that one program does for all lengths.
    """
    predict = cr.compile(model)
    tokens = list(start)
    for _ in range(length):
        context = np.zeros((1, CONTEXT), np.int64)
        latest = tokens[-CONTEXT:]
        context[0, : len(latest)] = latest
        logits = np.asarray(predict(context))[0, len(latest) - 1].astype(np.float64)
        powers = np.exp(logits - logits.max())
        tokens.append(int(generator.choice(len(powers), p=powers / powers.sum())))
    return np.array(tokens)


def main() -> None:
    """Train, print the validation loss beside the published one, and write a few lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cr.seed(options.seed)
    generator = np.random.default_rng(options.seed)

    learn, rest = load_shakespeare()
    model = GPT(len(learn.alphabet), CONTEXT, layers=4, heads=4, features=128)
    train(model, learn.numbers, options.steps, generator)
    loss = loss_on(model, rest.numbers, VALIDATION_BATCHES, generator)
    print(f"validation loss {loss:.4f}, published {PUBLISHED}, difference {loss - PUBLISHED:+.4f}")
    print(learn.written(written(model, rest.numbers[:1], 300, generator)))


if __name__ == "__main__":
    main()
