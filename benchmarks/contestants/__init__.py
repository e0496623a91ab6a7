"""Who trains: chainrule and its peers, each in the ways in which its users would drive it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from benchmarks.workload import Workload

OURS = "chainrule"


@dataclass(frozen=True)
class Entry:
    """A way to drive a library; `module` (of this folder) makes the contestant.

    `only` names the workloads that it is for, if not all.
    """

    name: str
    package: str
    module: str
    way: str
    only: str = ""

    def suits(self, workload: Workload) -> bool:
        """Tell whether it can train this."""
        return not self.only or workload.name in self.only.split()

    @property
    def is_ours(self) -> bool:
        """Whether it is chainrule, and not a peer."""
        return self.package == OURS

    @property
    def is_installed(self) -> bool:
        """Whether the library is there."""
        return find_spec(self.package) is not None


CALL = Entry("chainrule, a call a step", OURS, "with_chainrule", "call")
EPOCH = Entry("chainrule, a call an epoch", OURS, "with_chainrule", "epoch")
PEAK = Entry("FMA peak", OURS, "peak", "peak")

ENTRIES = (
    CALL,
    EPOCH,
    Entry("chainrule, Trainer.fit", OURS, "with_chainrule", "fit", only="W1"),
    Entry("torch, eager", "torch", "with_torch", "eager"),
    Entry("torch.compile", "torch", "with_torch", "compile"),
    Entry("jax.jit", "jax", "with_jax", "jit"),
    Entry("jax.jit of lax.scan", "jax", "with_jax", "scan"),
    Entry("scikit-learn", "sklearn", "with_sklearn", "epoch", only="W1 W2"),
)
