"""The floating number next to another one, found among the bits."""

from __future__ import annotations

from chainrule.render.builder import Function, Value, literal
from chainrule.render.floats import bits, from_bits


def next_after(f: Function, a: Value, b: Value) -> Value:
    """Write the number next to `a` on the way to `b`.

    Numbers of one sign are in the order of their bits. Nothing is computed with them as numbers,
    since those too small to have all their digits would count as zero.
    """
    start, goal = bits(f, a), bits(f, b)
    one, minus = literal(1, start.type), literal(-1, start.type)
    rises = f.compare("icmp slt", _rank(f, start), _rank(f, goal))
    grows = f.binary("xor", rises, _is_negative(f, start))
    beside = f.binary("add", start, f.select(grows, one, minus))
    # From 0 the way leads to the smallest number of the goal's sign.
    off_zero = f.binary("or", f.binary("and", goal, _sign_mask(goal)), one)
    moved = f.select(_is_zero(f, start), off_zero, beside)
    both_zero = f.binary("and", _is_zero(f, start), _is_zero(f, goal))
    arrived = f.binary("or", both_zero, f.compare("icmp eq", start, goal))
    found = from_bits(f, f.select(arrived, goal, moved))
    return f.select(f.compare("fcmp uno", a, b), f.binary("fadd", a, b), found)


def _rank(f: Function, word: Value) -> Value:
    """An integer that rises as the number with the bits `word` does."""
    digits = f.binary("and", word, f.binary("xor", _sign_mask(word), literal(-1, word.type)))
    return f.select(_is_negative(f, word), f.binary("sub", literal(0, word.type), digits), digits)


def _is_negative(f: Function, word: Value) -> Value:
    return f.compare("icmp slt", word, literal(0, word.type))


def _is_zero(f: Function, word: Value) -> Value:
    doubled = f.binary("shl", word, literal(1, word.type))
    return f.compare("icmp eq", doubled, literal(0, word.type))


def _sign_mask(word: Value) -> Value:
    """The bit of the sign alone."""
    width = 32 if word.type.element == "i32" else 64
    return literal(-(2 ** (width - 1)), word.type)
