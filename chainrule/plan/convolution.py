"""The convolution as its kernel takes it: which array is broadcast, which lies on the lanes.

    C_(g u… m n) = Σ_(v… k) A_(g v… m k) B_(g w… k n)

Of the axes n (examples), o and c (channels of result and image), two belong to the array that is
made: one of them is m, the other n, on the lanes. The third is k. In which order an element's
products are added does not depend on that choice, so a row's result not on how many rows there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from chainrule.array.shape import size_of
from chainrule.build.primitives.convolution import ChainConvolve, Convolve, Geometry, Part
from chainrule.build.source import Source
from chainrule.build.tensor import Spec, Tensor
from chainrule.plan.body import Body, Home
from chainrule.plan.kernel import Convolution, Role, View, contiguous, space_of
from chainrule.plan.order import LINE, Order, swapped
from chainrule.plan.panels import Panels
from chainrule.plan.window import Window

# The axes m, k and n, the better way first where neither leaves lanes empty.
FORMS = {
    Part.RESULT: ("ocn", "nco"),
    Part.IMAGE: ("con", "noc"),
    Part.WEIGHTS: ("onc", "cno"),
}

# So many weights do not stay in the nearest cache beside an image.
MANY = 1 << 14

# Numbers so far apart, taken one after the other, share a few places of the nearest cache.
APART = 1 << 8

CHANNELS = {Part.IMAGE: "c", Part.WEIGHTS: "o", Part.RESULT: "o"}
OTHERS = {Part.IMAGE: "n", Part.WEIGHTS: "c", Part.RESULT: "n"}


def convolution(nodes: Sequence[Tensor], home: Home, panels: Panels) -> Convolution:
    """Return the kernel of the first of `nodes`, a convolution, with the others behind it."""
    node, *rest = nodes
    assert isinstance(node.primitive, Convolve)
    made, form = node.primitive.made, node.primitive.geometry
    given = zip(node.primitive.given, node.inputs, strict=True)
    operands = {part: home.view(x) for part, x in given if isinstance(x, Tensor)}
    m, k, n = tuple(form_of(node, operands, panels.machine.lanes(node.dtype.itemsize)))
    first, second = part_with(m, k), part_with(k, n)
    placed = partial(arranged, part=made, groups=form.groups, last=m + n)
    body = Body(home, node.shape, order_of_part(made, len(node.shape)), node, placed)
    a, b = (
        arranged(operands[part], part, form.groups, last)
        for part, last in ((first, m + k), (second, k + n))
    )
    kernel = Convolution(
        a=_near(a, first, made, panels, node.source),
        b=panels.beside(b, node.source),
        windows=windows(form, made, first, second),
        absorbs=isinstance(node.primitive, ChainConvolve),
        sums=None,
        body=body.of(rest),
        source=node.source,
    )
    in_rounds = made is Part.WEIGHTS and kernel.windows[0].steps > 1
    return replace(kernel, sums=_room(kernel, home)) if in_rounds else kernel


def _near(a: View, part: Part, made: Part, panels: Panels, source: Source) -> View:
    """The first operand, or a copy, in which a tile finds close together what it reads."""
    if part is Part.WEIGHTS:
        # On the way back each row would be in another line of memory, at each k.
        crowded = made is Part.IMAGE and size_of(a.shape) >= MANY
        return swapped(panels.beside(swapped(a), source)) if crowded else a
    return panels.beside(a, source) if abs(a.strides[-1]) >= APART else a


def _room(kernel: Convolution, home: Home) -> View:
    """Room for the sums between rounds, in whole vectors."""
    *front, columns = space_of(kernel)
    shape = (*front, -(-columns // LINE) * LINE)
    buffer = home.buffer(Spec(shape, kernel.a.buffer.dtype), Role.TEMPORARY)
    return contiguous(buffer, shape)


def order_of_part(part: Part, rank: int) -> Order:
    """Return how an array is nested in memory: images with the examples innermost."""
    if part is Part.WEIGHTS:
        return tuple(range(rank))
    return (*range(2, rank), 1, 0)


def arranged(view: View, part: Part, groups: int, last: str) -> View:
    """Return `view` with the axes g, then its spatial ones, then the two that `last` names."""
    own = int(part is not Part.WEIGHTS)
    length, stride = view.shape[own] // groups, view.strides[own]
    lengths = {CHANNELS[part]: length, OTHERS[part]: view.shape[1 - own]}
    strides = {CHANNELS[part]: stride, OTHERS[part]: view.strides[1 - own]}
    return View(
        view.buffer,
        view.offset,
        (groups, *view.shape[2:], *(lengths[letter] for letter in last)),
        (stride * length, *view.strides[2:], *(strides[letter] for letter in last)),
    )


def part_with(first: str, second: str) -> Part:
    """Return the array that has both axes."""
    return next(part for part in Part if {first, second} == {CHANNELS[part], OTHERS[part]})


def form_of(node: Tensor, operands: Mapping[Part, View], lanes: int) -> str:
    """Return m, k and n: what lies on the lanes fills them, or most of them.

    Weights are made with the lanes on the axis that fills them better; where both do, so that the
    smaller array is packed.
    """
    assert isinstance(node.primitive, Convolve)
    made, groups = node.primitive.made, node.primitive.geometry.groups
    first, second = FORMS[made]
    length = {CHANNELS[made]: node.shape[int(made is not Part.WEIGHTS)] // groups}
    length[OTHERS[made]] = node.shape[int(made is Part.WEIGHTS)]
    one, other = (_filled(length[form[-1]], lanes) for form in (first, second))
    if made is not Part.WEIGHTS:
        return first if one >= 0.75 or one >= other else second
    sizes = [size_of(operands[part_with(form[1], form[2])].shape) for form in (first, second)]
    return first if (one, -sizes[0]) >= (other, -sizes[1]) else second


def _filled(length: int, lanes: int) -> float:
    return length / max(-(-length // lanes) * lanes, 1)


def windows(form: Geometry, made: Part, first: Part, second: Part) -> tuple[Window, ...]:
    """Return the windows of the spatial axes: i = stride·p + dilation·t − low, solved for w."""
    return tuple(_window(form, axis, (made, first, second)) for axis in range(len(form.taps)))


def _window(form: Geometry, axis: int, parts: Sequence[Part]) -> Window:
    factors = {
        Part.IMAGE: -1,
        Part.WEIGHTS: form.dilations[axis],
        Part.RESULT: form.strides[axis],
    }
    made, first, second = parts
    sign = -1 if factors[second] > 0 else 1
    results, steps, length = (form.lengths(part)[axis] for part in parts)
    inner = sign * factors[first]
    return Window(
        results,
        steps,
        length,
        outer=sign * factors[made],
        inner=inner,
        shift=-sign * form.low[axis],
        gap=abs(factors[second]),
        backwards=second is Part.WEIGHTS and inner < 0,
    )
