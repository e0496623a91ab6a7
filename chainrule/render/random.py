"""Random words: Philox4x32-10, the blocks on lanes, with the bits of `chainrule.array.philox`.

A lane of 64 bits holds a word in its low half; the high half may hold anything, since a product of
words looks at the low halves alone and what is stored is cut off.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.array.philox import KEY_STEPS, MULTIPLIERS, ROUNDS
from chainrule.array.shape import size_of
from chainrule.plan.kernel import Random
from chainrule.plan.lines import words_at_once
from chainrule.plan.machine import Machine
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.lanes import Units, base_pointers


def write_random(f: Function, kernel: Random, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`: vectors of blocks."""
    _Writer(f, kernel, machine).run(units.first, units.last)


class _Writer:
    """The vectors of blocks of one draw."""

    def __init__(self, f: Function, kernel: Random, machine: Machine) -> None:
        self.f, self.kernel = f, kernel
        self.lanes, self.words = machine.lanes(8), words_at_once(machine)
        self.long = Type("i64", self.lanes)
        self.low, self.half = literal(0xFFFFFFFF, self.long), literal(32, self.long)
        buffers = [kernel.state.buffer, kernel.target.buffer]
        bases = base_pointers(f, list(dict.fromkeys(buffers)))
        self.target = bases[kernel.target.buffer]
        self.stream, self.draw = (self._state(bases[kernel.state.buffer], at) for at in (0, 1))

    def _state(self, base: Value, at: int) -> Value:
        """A word of 64 bits of the state, on all lanes."""
        view = self.kernel.state
        place = self.f.address(base, "i64", index(view.offset + at * view.strides[0]))
        return self.f.splat(self.f.load(place, Type("i64")), self.lanes)

    def run(self, first: Value, last: Value) -> None:
        """Write the pieces from `first` up to `last`; the last of all may be cut off."""
        f, size = self.f, size_of(self.kernel.target.shape)
        whole, rest = divmod(size, self.words)
        with f.loop(first, f.intrinsic("umin", last, index(whole))) as piece:
            f.store(self._words(piece.index), self._address(piece.index, 0))
        with f.loop(f.intrinsic("umax", first, index(whole)), last) as piece:
            words = self._words(piece.index)
            for place in range(rest):
                one = f.emit(f"extractelement {words}, i32 {place}", Type("i32"))
                f.store(one, self._address(piece.index, place))

    def _address(self, piece: Value, place: int) -> Value:
        start = self.f.plus(self.f.times(piece, self.words), index(place))
        return self.f.address(self.target, "i32", start)

    def _words(self, piece: Value) -> Value:
        """The words of the blocks of one piece, block by block."""
        f = self.f
        numbers = ", ".join(f"i64 {lane}" for lane in range(self.lanes))
        first = f.splat(f.times(piece, self.lanes), self.lanes)
        block = f.binary("add", first, Value(f"<{numbers}>", self.long))
        counter = [block, self._high(block), self.draw, self._high(self.draw)]
        keys = [f.binary("and", self.stream, self.low), self._high(self.stream)]
        for _ in range(ROUNDS):
            counter = self._round(counter, keys)
            keys = [
                f.binary("add", key, literal(step, self.long))
                for key, step in zip(keys, KEY_STEPS, strict=True)
            ]
        return self._interleaved(counter)

    def _round(self, counter: Sequence[Value], keys: Sequence[Value]) -> list[Value]:
        c0, c1, c2, c3 = counter
        product0, product1 = (
            self._product(word, int(multiplier))
            for word, multiplier in zip((c0, c2), MULTIPLIERS, strict=True)
        )
        return [
            self._mixed(self._high(product1), c1, keys[0]),
            product1,
            self._mixed(self._high(product0), c3, keys[1]),
            product0,
        ]

    def _product(self, word: Value, multiplier: int) -> Value:
        low = self.f.binary("and", word, self.low)
        return self.f.binary("mul", low, literal(multiplier, self.long))

    def _high(self, x: Value) -> Value:
        return self.f.binary("lshr", x, self.half)

    def _mixed(self, a: Value, b: Value, c: Value) -> Value:
        return self.f.binary("xor", self.f.binary("xor", a, b), c)

    def _interleaved(self, counter: Sequence[Value]) -> Value:
        """The low halves, the four words of each block side by side."""
        f = self.f
        c0, c1, c2, c3 = (f.cast("trunc", x, "i32") for x in counter)
        both = range(2 * self.lanes)
        pairs = self._picked(c0, c1, both), self._picked(c2, c3, both)
        chosen = [
            (2 * half + word) * self.lanes + block
            for block in range(self.lanes)
            for half in (0, 1)
            for word in (0, 1)
        ]
        return self._picked(*pairs, chosen)

    def _picked(self, a: Value, b: Value, lanes: Sequence[int]) -> Value:
        """Those of the lanes of `a` and, behind them, of `b`."""
        mask = ", ".join(f"i32 {lane}" for lane in lanes)
        text = f"shufflevector {a}, {b}, <{len(lanes)} x i32> <{mask}>"
        return self.f.emit(text, Type("i32", len(lanes)))
