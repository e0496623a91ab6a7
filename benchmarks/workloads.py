"""All workloads, by name and by kind."""

from __future__ import annotations

from benchmarks.convnet import Convnet
from benchmarks.language import Language
from benchmarks.perceptron import Perceptron
from benchmarks.workload import Workload

KINDS: dict[str, type[Workload]] = {kind.__name__: kind for kind in (Perceptron, Convnet, Language)}

WORKLOADS: dict[str, Workload] = {
    "W1": Perceptron("W1", batch=32, batches=500, sizes=(20, 64, 64, 2)),
    "W2": Perceptron("W2", batch=128, batches=40, sizes=(784, 512, 512, 10)),
    "W3": Convnet("W3", batch=64, batches=10, image=(1, 28, 28), filters=(32, 64), sizes=(128, 10)),
    "W5": Language(
        "W5", batch=12, batches=10, layers=4, heads=4, features=128, context=64, tokens=65
    ),
}
