"""Division with rounding and shifts, as NumPy defines them where the processor does not.

Integers: a / 0 = 0, a mod 0 = 0, and the smallest number divided by −1 is itself. A shift by as
many bits as there are, or by a negative number of them, shifts every bit out.
"""

from __future__ import annotations

from chainrule.render.builder import BYTES, Function, Value, literal


def order(x: Value, signed: bool) -> str:
    """Return the comparison of values like `x`, to be completed by lt, le or gt."""
    if x.type.is_floating:
        return "fcmp o"
    return "icmp s" if signed else "icmp u"


def floor_divide(f: Function, signed: bool, a: Value, b: Value) -> Value:
    """The quotient ⌊a / b⌋."""
    if a.type.is_floating:
        return _floating_quotient(f, a, b)
    divisor, none, turned = _divisor(f, signed, b)
    quotient = f.binary("sdiv" if signed else "udiv", a, divisor)
    if signed:
        rest = f.binary("srem", a, divisor)
        lower = f.binary("sub", quotient, literal(1, a.type))
        quotient = f.select(_against(f, rest, divisor), lower, quotient)
        quotient = f.select(turned, f.binary("sub", literal(0, a.type), a), quotient)
    return f.select(none, literal(0, a.type), quotient)


def remainder(f: Function, signed: bool, a: Value, b: Value) -> Value:
    """The rest a − b·⌊a / b⌋, of the sign of b."""
    if a.type.is_floating:
        return _floating_remainder(f, a, b)
    divisor, none, turned = _divisor(f, signed, b)
    rest = f.binary("srem" if signed else "urem", a, divisor)
    if signed:
        raised = f.binary("add", rest, divisor)
        rest = f.select(_against(f, rest, divisor), raised, rest)
    return f.select(f.binary("or", none, turned), literal(0, a.type), rest)


def _divisor(f: Function, signed: bool, b: Value) -> tuple[Value, Value, Value]:
    """A divisor that the processor can divide by; whether b is 0; whether it is −1.

    Dividing by −1 is left to the caller: the smallest integer has no counterpart.
    """
    none = f.compare("icmp eq", b, literal(0, b.type))
    turned = literal(0, none.type)
    if signed:
        turned = f.compare("icmp eq", b, literal(-1, b.type))
    unsafe = f.binary("or", none, turned)
    return f.select(unsafe, literal(1, b.type), b), none, turned


def _against(f: Function, rest: Value, divisor: Value) -> Value:
    """Whether the rest of a division towards 0 is not 0 and of the other sign than the divisor."""
    zero = literal(0, rest.type)
    opposed = f.compare("icmp slt", f.binary("xor", rest, divisor), zero)
    return f.binary("and", opposed, f.compare("icmp ne", rest, zero))


def _floating_remainder(f: Function, a: Value, b: Value) -> Value:
    rest, even, opposed = _floating_rest(f, a, b)
    raised = f.select(opposed, f.binary("fadd", rest, b), rest)
    return f.select(even, f.intrinsic("copysign", literal(0.0, a.type), b), raised)


def _floating_rest(f: Function, a: Value, b: Value) -> tuple[Value, Value, Value]:
    """The rest of a / b rounded towards 0; whether it is 0; whether its sign is not that of b."""
    zero = literal(0.0, a.type)
    rest = f.binary("frem", a, b)
    opposed = f.binary("xor", f.compare("fcmp olt", rest, zero), f.compare("fcmp olt", b, zero))
    return rest, f.compare("fcmp oeq", rest, zero), opposed


def _floating_quotient(f: Function, a: Value, b: Value) -> Value:
    """The quotient from the exact rest, rounded to the integer that it is next to."""
    zero, one = literal(0.0, a.type), literal(1.0, a.type)
    a, b = _enlarged(f, a, b)
    rest, even, opposed = _floating_rest(f, a, b)
    whole = f.binary("fdiv", f.binary("fsub", a, rest), b)
    lowered = f.select(opposed, f.binary("fsub", whole, one), whole)
    whole = f.select(even, whole, lowered)
    floor = f.intrinsic("floor", whole)
    over = f.compare("fcmp ogt", f.binary("fsub", whole, floor), literal(0.5, a.type))
    nearest = f.select(over, f.binary("fadd", floor, one), floor)
    plain = f.binary("fdiv", a, b)
    empty = f.compare("fcmp oeq", whole, zero)
    result = f.select(empty, f.intrinsic("copysign", zero, plain), nearest)
    return f.select(f.compare("fcmp oeq", b, zero), plain, result)


def _enlarged(f: Function, a: Value, b: Value) -> tuple[Value, Value]:
    """Both times a power of two where a is small: then no difference of a and the rest is denormal.

    As they are otherwise: times one, a denormal b would be 0.
    """
    small = f.compare("fcmp olt", f.intrinsic("fabs", a), literal(1.0, a.type))
    scale = literal(2.0**64, a.type)
    larger, divisor = (f.select(small, f.binary("fmul", x, scale), x) for x in (a, b))
    return larger, divisor


def shift_left(f: Function, a: Value, b: Value) -> Value:
    """The product a·2ᵇ."""
    amount, inside = _amount(f, b)
    return f.select(inside, f.binary("shl", a, amount), literal(0, a.type))


def shift_right(f: Function, signed: bool, a: Value, b: Value) -> Value:
    """The quotient ⌊a / 2ᵇ⌋."""
    amount, inside = _amount(f, b)
    last = literal(_bits(a) - 1, a.type)
    empty = f.binary("ashr", a, last) if signed else literal(0, a.type)
    return f.select(inside, f.binary("ashr" if signed else "lshr", a, amount), empty)


def _amount(f: Function, b: Value) -> tuple[Value, Value]:
    inside = f.compare("icmp ult", b, literal(_bits(b), b.type))
    return f.select(inside, b, literal(0, b.type)), inside


def _bits(x: Value) -> int:
    return 8 * BYTES[x.type.element]
