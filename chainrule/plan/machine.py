"""The machine that code is made for: how wide its vectors are and how many registers hold them.

    Registers  a kind of vector registers: what a processor needs to have them
    Machine    a processor with the kind that is used, and what follows for the tiles of a product

Which machine this is, `run/machine_code.py` finds out; the stages before it are only told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainrule.errors import OptionError


@dataclass(frozen=True)
class Registers:
    """A kind of vector registers, and the features of the processors that have it.

    A tile of a product is at most `widest` vectors wide and keeps at most `accumulators` sums: what
    measured fastest; on AArch64, unmeasured, few enough that LLVM leaves them where they are.
    `excluded` is a feature to leave out, and with it all that build on it, so that code for this
    kind runs where no wider one is.
    """

    name: str
    architecture: str
    vector_bytes: int
    registers: int
    widest: int
    accumulators: int
    fused: bool
    needed: frozenset[str] = frozenset()
    excluded: str = ""


_AVX2 = frozenset({"avx2", "fma"})
_AVX512 = frozenset(f"avx512{part}" for part in ("f", "bw", "dq", "vl"))

# The widest of an architecture first.
KINDS = (
    Registers("AVX-512", "x86_64", 64, 32, 4, 28, fused=True, needed=_AVX512),
    Registers("AVX2", "x86_64", 32, 16, 2, 12, fused=True, needed=_AVX2, excluded="avx512f"),
    Registers("SSE", "x86_64", 16, 16, 4, 12, fused=False, excluded="avx"),
    Registers("NEON", "aarch64", 16, 32, 4, 24, fused=True),
)


@dataclass(frozen=True)
class Machine:
    """A processor and the vectors of it that are used; `cpu`, `features`, `triple` are LLVM's.

    `fused` tells whether it multiplies and adds in one instruction, rounding once.
    """

    name: str
    architecture: str
    vector_bytes: int
    registers: int
    widest: int
    accumulators: int
    fused: bool
    cpu: str
    features: str
    triple: str

    def lanes(self, itemsize: int) -> int:
        """Return how many elements of `itemsize` bytes fill a vector."""
        return self.vector_bytes // itemsize

    def rows(self, vectors: int) -> int:
        """Return how many rows a tile `vectors` wide has at most.

        Its rows · vectors sums share the registers with a row of B, with one element of A and,
        where multiplying and adding are two instructions, with a product.

        Errors: `OptionError` where no tile is that wide.
        """
        if not 1 <= vectors <= self.widest:
            raise OptionError(f"a tile is 1 to {self.widest} vectors wide, got {vectors}")
        free = self.registers - vectors - (1 if self.fused else 2)
        return min(self.accumulators, free) // vectors


def machine(
    architecture: str,
    cpu: str,
    features: Mapping[str, bool],
    triple: str,
    width: int | None = None,
) -> Machine:
    """Return the machine with vectors of `width` bits, or with the widest that it has.

    An architecture that is not in the table has vectors of 128 bits and 16 registers.

    Errors: `OptionError` where the processor has no vectors of `width` bits.
    """
    fitting = [kind for kind in _kinds(architecture) if all(map(features.get, kind.needed))]
    chosen = [kind for kind in fitting if width in (None, 8 * kind.vector_bytes)]
    if not chosen:
        known = ", ".join(str(8 * kind.vector_bytes) for kind in fitting)
        raise OptionError(f"the width of vectors is one of {known} bits on {cpu}, got {width}")
    return _with(chosen[0], cpu, features, triple)


def _kinds(architecture: str) -> list[Registers]:
    known = [kind for kind in KINDS if kind.architecture == architecture]
    return known or [Registers("128 bits", architecture, 16, 16, 2, 12, fused=False)]


def _with(kind: Registers, cpu: str, features: Mapping[str, bool], triple: str) -> Machine:
    flags = [f"{'+' if present else '-'}{name}" for name, present in sorted(features.items())]
    # Last, as a later flag beats an earlier one: it takes all away that build on the feature.
    listed = ",".join([*flags, f"-{kind.excluded}"] if kind.excluded else flags)
    return Machine(
        name=kind.name,
        architecture=kind.architecture,
        vector_bytes=kind.vector_bytes,
        registers=kind.registers,
        widest=kind.widest,
        accumulators=kind.accumulators,
        fused=kind.fused,
        cpu=cpu,
        features=listed,
        triple=triple,
    )


def aarch64() -> Machine:
    """Return a 64-bit ARM processor under Linux, for code that another machine is to run."""
    return machine("aarch64", "generic", {"neon": True}, "aarch64-unknown-linux-gnu")
