"""`einsum`: sums of products written in index notation.

    subscripts = term, term, … [-> term]        term = letters, with at most one "..."

Every operand is a tensor whose axes have names; the operands are joined pairwise, from left to
right, and a name is summed over as soon as nothing to come has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from chainrule.array.shape import size_of
from chainrule.build.convert import ArrayLike, operands
from chainrule.build.functions.linear_algebra import diagonal
from chainrule.build.primitives.broadcast import Sum, broadcast_to, reshape
from chainrule.build.primitives.contraction import MatMul
from chainrule.build.primitives.elementwise import Multiply
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError

Names = tuple[str, ...]

TERM = re.compile(r"[A-Za-z]*(\.\.\.)?[A-Za-z]*")


def einsum(subscripts: str, /, *arrays: ArrayLike) -> Tensor:
    """Return the sum of products that `subscripts` says, y_out = Σ a_term1 · b_term2 ⋯.

    A letter names an axis; the sum runs over the letters that the output lacks. Without "->" the
    output has, in alphabetical order, the letters that stand once. A letter twice in one term takes
    the diagonal. "..." stands for the axes without letters, which broadcast; they are summed over
    where "->" is followed by no "...".

    Errors: `OptionError` for subscripts that cannot be read, `ShapeError` where they do not fit the
    shapes of the arrays.

    >>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]])
    Tensor([[11.]], float32)
    >>> einsum("ii", [[1.0, 2.0], [3.0, 4.0]])
    Tensor(5., float32)
    """
    terms, output = _parsed(subscripts)
    if len(terms) != len(arrays):
        raise OptionError(f"einsum {subscripts!r} is for {len(terms)} arrays, got {len(arrays)}")
    tensors = operands(*arrays)
    named = [_named(x, term, subscripts) for x, term in zip(tensors, terms, strict=True)]
    lengths = _lengths(named, subscripts)
    names = _out(lengths, output, subscripts)
    return _joined([_once(_whole(x, lengths, names)) for x in named], names)


@dataclass(frozen=True)
class Named:
    """A tensor and the names of its axes."""

    tensor: Tensor
    names: Names

    def lengths(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the lengths of the axes `names`."""
        return tuple(self.tensor.shape[self.names.index(name)] for name in names)

    def ordered(self, names: Sequence[str]) -> Tensor:
        """Return the tensor with its axes in the order of `names`."""
        axes = tuple(self.names.index(name) for name in names)
        return self.tensor if axes == tuple(range(len(axes))) else Transpose(axes)(self.tensor)


def _parsed(subscripts: str) -> tuple[list[str], str]:
    """The terms of the arrays and of the output."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if not all(map(TERM.fullmatch, (*terms, right))):
        raise OptionError(
            f"einsum cannot read {subscripts!r}: terms are letters with at most one '...', as in "
            "'ij,jk->ik'"
        )
    return terms, right if arrow else _implicit(terms)


def _implicit(terms: Sequence[str]) -> str:
    letters = Counter("".join(terms).replace(".", ""))
    return "..." + "".join(sorted(letter for letter, count in letters.items() if count == 1))


def _named(x: Tensor, term: str, subscripts: str) -> Named:
    front, dots, back = term.partition("...")
    free = x.ndim - len(front) - len(back)
    if free < 0 or (free > 0 and not dots):
        raise ShapeError(
            f"einsum {subscripts!r}: the term {term!r} does not fit the {x.ndim} axes of an array "
            f"of shape {x.shape}"
        )
    return Named(x, (*front, *_dots(free), *back))


def _dots(count: int) -> Names:
    """The names of the axes that "..." stands for, counted from the last: there they meet."""
    return tuple(f"...{place}" for place in range(count, 0, -1))


def _lengths(named: Sequence[Named], subscripts: str) -> dict[str, int]:
    """What length each name stands for; under dots, 1 goes with any."""
    lengths: dict[str, int] = {}
    for x in named:
        for name, length in zip(x.names, x.tensor.shape, strict=True):
            known = lengths.setdefault(name, length)
            if known != length and not (name.startswith(".") and 1 in (known, length)):
                shapes = ", ".join(str(other.tensor.shape) for other in named)
                raise ShapeError(
                    f"einsum {subscripts!r} of shapes {shapes}: {name[:3]!r} stands for the "
                    f"lengths {known} and {length}"
                )
            lengths[name] = length if known == 1 else known
    return lengths


def _out(known: Collection[str], output: str, subscripts: str) -> Names:
    """The names of the output's axes."""
    free = _dots(sum(name.startswith(".") for name in known))
    front, dots, back = output.partition("...")
    names = (*front, *(free if dots else ()), *back)
    if len(set(names)) < len(names) or not set(names) <= set(known):
        raise OptionError(
            f"einsum {subscripts!r}: the output has its letters from the terms, each of them once"
        )
    return names


def _whole(x: Named, lengths: dict[str, int], kept: Names) -> Named:
    """`x` stretched to the full lengths of the axes that will be summed over."""
    pairs = zip(x.names, x.tensor.shape, strict=True)
    shape = tuple(length if name in kept else lengths[name] for name, length in pairs)
    return Named(broadcast_to(x.tensor, shape), x.names)


def _once(x: Named) -> Named:
    """`x` with the diagonal taken of axes that share a name."""
    twice = next((name for name in x.names if x.names.count(name) > 1), None)
    if twice is None:
        return x
    first, second, *_ = (axis for axis, name in enumerate(x.names) if name == twice)
    rest = [axis for axis in range(x.tensor.ndim) if axis not in (first, second)]
    matrix = Transpose((*rest, first, second))(x.tensor)
    return _once(Named(diagonal(matrix), (*(x.names[axis] for axis in rest), twice)))


def _joined(named: Sequence[Named], output: Names) -> Tensor:
    result = named[0]
    for place, other in enumerate(named[1:], 2):
        later = {name for x in named[place:] for name in x.names}
        result = _product(result, other, later | set(output))
    return _summed(result, set(output)).ordered(output)


def _summed(x: Named, wanted: set[str]) -> Named:
    """`x` summed over the axes that are not `wanted`."""
    axes = tuple(axis for axis, name in enumerate(x.names) if name not in wanted)
    names = tuple(name for name in x.names if name in wanted)
    return Named(Sum(axes)(x.tensor), names) if axes else x


def _product(a: Named, b: Named, wanted: set[str]) -> Named:
    """The product of `a` and `b`, summed over the names that are not `wanted` after it."""
    a, b = _summed(a, wanted | set(b.names)), _summed(b, wanted | set(a.names))
    batch = [name for name in a.names if name in b.names and name in wanted]
    inner = [name for name in a.names if name in b.names and name not in wanted]
    rows = [name for name in a.names if name not in b.names]
    columns = [name for name in b.names if name not in a.names]
    left = _grouped(a, batch, rows, inner)
    right = _grouped(b, batch, inner, columns)
    product = MatMul()(left, right) if inner else Multiply()(left, right)
    shape = (*product.shape[: len(batch)], *a.lengths(rows), *b.lengths(columns))
    return Named(reshape(product, shape), (*batch, *rows, *columns))


def _grouped(x: Named, batch: list[str], rows: list[str], columns: list[str]) -> Tensor:
    """`x` as a batch of matrices."""
    matrix = (size_of(x.lengths(rows)), size_of(x.lengths(columns)))
    return reshape(x.ordered((*batch, *rows, *columns)), (*x.lengths(batch), *matrix))
