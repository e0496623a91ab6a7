"""The error function and its complement."""

from __future__ import annotations

from chainrule.render.builder import Function, Value, literal
from chainrule.render.coefficients import ERF, ERF_TAIL, ERFC
from chainrule.render.exponentials import exp, moderate_exp
from chainrule.render.floats import at_most, fma, in_double, negative, polynomial
from chainrule.render.mathematics import by_library

# From here on erf x is 1.
ERF_IS_ONE = {"float": 4.0, "double": 6.0}
# From here on erfc x is less than the smallest float32.
ERFC_IS_ZERO = 10.2


def erf(f: Function, x: Value) -> Value:
    """Write erf x = x + x·q(x²) for |x| < 1, else ±(1 − e^−p(|x|))."""
    element, one = x.type.element, literal(1.0, x.type)
    near = fma(f, x, polynomial(f, f.binary("fmul", x, x), ERF[element]), x)
    size = f.intrinsic("fabs", x)
    exponent = polynomial(f, at_most(f, size, ERF_IS_ONE[element]), ERF_TAIL[element])
    far = f.binary("fsub", one, moderate_exp(f, negative(f, exponent)))
    large = f.compare("fcmp oge", size, one)
    return f.intrinsic("copysign", f.select(large, far, near), x)


@in_double(by_library("erfc"))
def erfc(f: Function, x: Value) -> Value:
    """Write erfc x = e^−x²·q(t) / (1 + 2x) with t = (x − 2) / (x + 2); erfc −x = 2 − erfc x."""
    two = literal(2.0, x.type)
    a = at_most(f, f.intrinsic("fabs", x), ERFC_IS_ZERO)
    t = f.binary("fdiv", f.binary("fsub", a, two), f.binary("fadd", a, two))
    bell = exp(f, negative(f, f.binary("fmul", a, a)))
    bottom = fma(f, a, two, literal(1.0, x.type))
    right = f.binary("fdiv", f.binary("fmul", bell, polynomial(f, t, ERFC)), bottom)
    left = f.compare("fcmp olt", x, literal(0.0, x.type))
    return f.select(left, f.binary("fsub", two, right), right)
