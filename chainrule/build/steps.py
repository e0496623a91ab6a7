"""Which of the four steps of training a recorded node belongs to, where nothing said so earlier.

The reverse pass and the optimizers mark what they compute; everything else is forward at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chainrule.build.graph import Graph, sort
from chainrule.build.source import Source, Step, current_step
from chainrule.build.tensor import Node, Tensor

AFTER_THE_LOSS = (Step.BACKWARD, Step.UPDATE)


def mark_loss(outputs: Sequence[Tensor]) -> None:
    """Mark as the loss what leads to `outputs`, which are being differentiated, and nowhere else.

    It is what was computed behind the last layer; without layers, on the same line as the output.
    Values that are known already need no mark.
    """
    if current_step() is Step.FORWARD:
        for output in outputs:
            if output.value is None:
                _mark_loss(output)


def _mark_loss(output: Tensor) -> None:
    behind = [node for node in sort([output], _made_of) if node.inputs]
    belongs = _place(output.source, behind)
    forward: set[Node] = set()
    for node in reversed(behind):
        if node not in forward and belongs(node.source):
            _mark(node, Step.LOSS)
        else:
            forward.update(node.inputs)


def _made_of(node: Node) -> Sequence[Node]:
    return () if node.value is not None else node.inputs


def _place(home: Source, behind: Sequence[Node]) -> Callable[[Source], bool]:
    """What tells whether a node stands where the loss does."""
    if any(node.source.layers != home.layers for node in behind):
        return lambda source: source.layers == home.layers
    return lambda source: source[:2] == home[:2]


def mark_updates(graph: Graph) -> None:
    """Mark as the update what is computed from gradients, where a step is written by hand."""
    for node in graph.nodes:
        if any(below.source.step in AFTER_THE_LOSS for below in node.inputs):
            _mark(node, Step.UPDATE)


def _mark(node: Node, step: Step) -> None:
    if node.source.step is Step.FORWARD:
        node.source = node.source._replace(step=step)
