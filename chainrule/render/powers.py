"""Powers of integers by squaring, which wrap around as NumPy's do; negative ones are refused."""

from __future__ import annotations

from chainrule.render.builder import INDEX, Function, Type, Value, index, literal
from chainrule.render.conversion import bits
from chainrule.render.line import Line


def write_powers(line: Line) -> None:
    """Write y_i = aᵢ^(bᵢ)."""
    f, (a, b), y = line.f, line.kernel.inputs, line.kernel.target
    with f.loop(index(0), index(line.length)) as k:
        exponent = line.load(b, k.index)
        line.store(_power(f, line.load(a, k.index), exponent), y, k.index)
        if line.fault is not None:
            negative = f.compare("icmp slt", exponent, literal(0, exponent.type))
            with f.loop(index(0), f.cast("zext", negative, "i64")):
                f.store(index(1), line.fault)


def _power(f: Function, base: Value, exponent: Value) -> Value:
    """The product of those base^(2ᵏ) whose bit k is set in the exponent."""
    one = literal(1, base.type)
    leading = f.intrinsic("ctlz", exponent, literal(0, Type("i1")))
    count = _index(f, f.binary("sub", literal(bits(base.type.element), base.type), leading))
    with f.loop(index(0), count, 1, [one, base, exponent]) as k:
        result, square, rest = k.carried
        is_set = f.cast("trunc", rest, "i1")
        product = f.select(is_set, f.binary("mul", result, square), result)
        k.next = [product, f.binary("mul", square, square), f.binary("lshr", rest, one)]
    return k.carried[0]


def _index(f: Function, x: Value) -> Value:
    return x if x.type == INDEX else f.cast("zext", x, "i64")
