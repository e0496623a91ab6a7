"""A program as a picture: forward, loss, backward, update as lanes, kernels as boxes in order.

Time runs downward, a row a kernel; arrows are data that one kernel makes and another one reads. A
kernel of the backward pass that also updates variables reaches over into the last lane.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from chainrule.build.source import Step
from chainrule.plan.dataflow import Edge, edges
from chainrule.plan.kernel import (
    Buffer,
    Convolution,
    Lines,
    Lookup,
    Map,
    Matrices,
    Pack,
    Product,
    Role,
    View,
    writes,
)
from chainrule.plan.show import describe, kind_of
from chainrule.run.kernels import Kernels, ProgramKernel
from chainrule.run.quantity import count, seconds, share
from chainrule.run.svg import Drawing, Point, mixed

LANES = {
    Step.FORWARD: "#2f6db3",
    Step.LOSS: "#8250a8",
    Step.BACKWARD: "#c2511a",
    Step.UPDATE: "#2f8540",
}
COOL, HOT, INK, FAINT = "#ffffff", "#ffb000", "#1c1c28", "#6b6b78"
MARGIN, METER, LANE, BETWEEN = 20, 150, 300, 56
TOP, LEGEND = 96, 70
MANY = 60  # kernels above which a box has one line of text


@dataclass(frozen=True)
class Sizes:
    """How high a row and a box in it are."""

    row: float
    box: float


ROOMY, DENSE = Sizes(54, 40), Sizes(30, 22)


class Picture(str):
    """The text of an SVG; a notebook shows it as a picture."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)


def picture(kernels: Kernels, names: Mapping[Buffer, str], title: str) -> Picture:
    """Return the picture of `kernels`; `names` are those of the variables."""
    return Picture(_Page(kernels, names, title).drawn())


class _Page:
    """The places of everything, and what draws it there."""

    def __init__(self, kernels: Kernels, names: Mapping[Buffer, str], title: str) -> None:
        self.kernels, self.names, self.title = kernels, names, title
        self.files = {kernel.source.file for kernel in kernels}
        self.sizes = DENSE if len(kernels) > MANY else ROOMY
        self.bottom = TOP + self.sizes.row * len(kernels) + 10
        width = _lane_at(Step.UPDATE) + LANE + BETWEEN + MARGIN
        self.drawing = Drawing(width, self.bottom + LEGEND, title)
        self.longest = max((kernel.time for kernel in kernels), default=1.0)

    def drawn(self) -> str:
        self._lanes()
        for edge in edges([kernel.kernel for kernel in self.kernels]):
            self._arrow(edge)
        for kernel in self.kernels:
            self._meter(kernel)
            self._box(kernel)
        self._legend()
        return str(self.drawing)

    def _lanes(self) -> None:
        """The title, and the lanes, named above and below."""
        drawing = self.drawing
        drawing.text((MARGIN, 34), self.title, 20, fill=INK, font_weight="bold")
        drawing.text((MARGIN, 56), self._summary(), 13, fill=FAINT)
        for step, color in LANES.items():
            x = _lane_at(step)
            place = (x - BETWEEN / 4, TOP - 30)
            height = self.bottom - TOP + 54
            drawing.rectangle(
                place, LANE + BETWEEN / 2, height, fill=color, fill_opacity=0.06, rx=8
            )
            for y in (TOP - 10, self.bottom + 14):
                middle = (x + LANE / 2, y)
                drawing.text(middle, step, 15, fill=color, font_weight="bold", text_anchor="middle")

    def _summary(self) -> str:
        kernels = self.kernels
        how = "measured, one thread" if kernels.is_measured else "estimated for one thread"
        work = f"{count(kernels.flops)} operations, {count(kernels.bytes, 'B')} moved"
        lines = "".join(f"; lines of {Path(file).name}" for file in self.files)
        time = f"{seconds(kernels.time)} ({how})"
        return f"{len(kernels)} kernels, {work}, {time}{lines if len(self.files) == 1 else ''}"

    def _row(self, number: int) -> float:
        """The middle of a row."""
        return TOP + self.sizes.row * (number + 0.5)

    def _meter(self, kernel: ProgramKernel) -> None:
        """The number of a kernel, and its time as a bar and in words."""
        y, drawing = self._row(kernel.number), self.drawing
        drawing.text((MARGIN + 22, y + 4), str(kernel.number), 12, fill=FAINT, text_anchor="end")
        length = 48 * kernel.time / self.longest
        drawing.rectangle((MARGIN + 30, y - 5), max(length, 1), 10, fill=HOT, rx=2)
        time = seconds(kernel.time)
        drawing.text((MARGIN + METER - 10, y + 4), time, 11, fill=INK, text_anchor="end")

    def _box(self, kernel: ProgramKernel) -> None:
        left, right = span(kernel)
        top = self._row(kernel.number) - self.sizes.box / 2
        fill = mixed(COOL, HOT, 0.9 * kernel.time / self.longest)
        style: dict[str, Any] = {"fill": fill, "stroke": LANES[kernel.step]}
        self.drawing.rectangle(
            (left, top),
            right - left,
            self.sizes.box,
            tip=self._tip(kernel),
            stroke_width=1.4,
            rx=5,
            **style,
        )
        self._words(kernel, left + 9, top)
        if right - left > LANE:
            self._second_half(kernel, top)

    def _words(self, kernel: ProgramKernel, x: float, top: float) -> None:
        end = x + LANE - 18
        first = headline(kernel)
        self.drawing.text((x, top + 15.5), _cut(first, 34), 12, fill=INK, font_weight="600")
        self.drawing.text((end, top + 15.5), self._line(kernel), 10, fill=FAINT, text_anchor="end")
        if self.sizes is ROOMY:
            self.drawing.text((x, top + 31.5), _cut(self._details(kernel), 54), 10.5, fill=FAINT)

    def _line(self, kernel: ProgramKernel) -> str:
        """The line of the user's code, with its file where there are several."""
        line, name = f":{kernel.source.line}", Path(kernel.source.file).name
        return f"line {line[1:]}" if len(self.files) == 1 else _cut(name, 16 - len(line)) + line

    def _details(self, kernel: ProgramKernel) -> str:
        """The layer and the operations; of an update, what becomes new."""
        return (kernel.step is Step.UPDATE and self._written(kernel)) or details(kernel)

    def _second_half(self, kernel: ProgramKernel, top: float) -> None:
        """What a kernel of the backward pass does in the lane of the update."""
        x, color = _lane_at(Step.UPDATE), LANES[Step.UPDATE]
        dashes = {"stroke": color, "stroke_width": 1.2, "stroke_dasharray": "3 3"}
        self.drawing.path(
            ["M", (x - BETWEEN / 2, top), "L", (x - BETWEEN / 2, top + self.sizes.box)], **dashes
        )
        self.drawing.text((x, top + 15.5), "update in the same loop", 12, fill=color)
        if self.sizes is ROOMY:
            self.drawing.text((x, top + 31.5), _cut(self._written(kernel), 54), 10.5, fill=FAINT)

    def _written(self, kernel: ProgramKernel) -> str:
        found = [self.names.get(b) for b in writes(kernel.kernel) if b.role is Role.VARIABLE]
        return "writes " + ", ".join(filter(None, reversed(found))) if any(found) else ""

    def _tip(self, kernel: ProgramKernel) -> str:
        cost = f"{count(kernel.flops)} operations, {count(kernel.bytes, 'B')}"
        times = f"estimated {seconds(kernel.estimate)}"
        if kernel.measured is not None and kernel.share is not None:
            reached = f"{share(kernel.share)} of the peak"
            times += f", measured {seconds(kernel.measured)}, {reached}"
        about = [describe(kernel.kernel), cost, times, self._written(kernel), str(kernel.source)]
        return "\n".join(filter(None, about))

    def _arrow(self, edge: Edge) -> None:
        """An arrow from one kernel to another, below the boxes."""
        first, last = self.kernels[edge.maker], self.kernels[edge.user]
        color = LANES[first.step]
        width = 0.8 + 0.35 * max(0.0, math.log10(max(edge.bytes, 1) / 100))
        style = {
            "stroke": color,
            "stroke_width": width,
            "stroke_opacity": 0.55 if self.sizes is ROOMY else 0.3,
        }
        head = self._heads[first.step]
        self.drawing.path(self._way(first, last), marker_end=head, **style)

    @cached_property
    def _heads(self) -> dict[Step, str]:
        return {s: self.drawing.arrow_head(f"head-{s}", color) for s, color in LANES.items()}

    def _way(self, first: ProgramKernel, last: ProgramKernel) -> list[str | Point]:
        """Straight down to the next box of a lane, else from side to side in a bow."""
        (left, right), (near, far) = span(first), span(last)
        y, end, half = self._row(first.number), self._row(last.number), self.sizes.box / 2
        if last.number == first.number + 1 and left < far and near < right:
            x = max(left, near) + LANE / 2
            return ["M", (x, y + half), "L", (x, end - half - 1)]
        if right < near or far < left:
            start, stop = (right, near) if right < near else (left, far)
            bow = BETWEEN * (0.8 if right < near else -0.8)
            return ["M", (start, y), "C", (start + bow, y), (stop - bow, end), (stop, end)]
        bow = 14 + 5 * min(last.number - first.number, 7)
        if first.step is Step.UPDATE:
            return ["M", (right, y), "C", (right + bow, y), (far + bow, end), (far, end)]
        side = min(left, near) - bow
        return ["M", (left, y), "C", (side, y), (side, end), (near, end)]

    def _legend(self) -> None:
        y, drawing = self.bottom + 52, self.drawing
        drawing.text((MARGIN, y), "time of a kernel:", 12, fill=FAINT)
        for place in range(40):
            fill = mixed(COOL, HOT, 0.9 * place / 39)
            drawing.rectangle((MARGIN + 150 + 3 * place, y - 11), 3, 13, fill=fill)
        drawing.text((MARGIN + 144, y), "0", 12, fill=FAINT, text_anchor="end")
        drawing.text((MARGIN + 276, y), seconds(self.longest), 12, fill=FAINT)
        note = "an arrow is data, thicker for more bytes, in the color of the lane that made it"
        drawing.text((_lane_at(Step.FORWARD) + 200, y), note, 12, fill=FAINT)


def span(kernel: ProgramKernel) -> tuple[float, float]:
    """Return where the box of `kernel` begins and ends, from left to right."""
    left = _lane_at(kernel.step)
    both = kernel.step is Step.BACKWARD and kernel.updates
    return left, (_lane_at(Step.UPDATE) if both else left) + LANE


def _lane_at(step: Step) -> float:
    return MARGIN + METER + BETWEEN / 2 + list(LANES).index(step) * (LANE + BETWEEN)


def headline(kernel: ProgramKernel) -> str:
    """Return what `kernel` is and how large, in a few words."""
    match kernel.kernel:
        case Product(a, b) | Convolution(a, b):
            return f"{kind_of(kernel.kernel)}  {_lengths(a)} · {_lengths(b)}"
        case Map(space):
            return f"{kind_of(kernel.kernel)}  {'×'.join(map(str, space)) or 'one number'}"
        case Lookup(data, _, values):
            return f"{kind_of(kernel.kernel)}  {_lengths(values)} of {_lengths(data)}"
        case Lines(_, inputs) | Matrices(_, inputs):
            return f"{kernel.operations[0]}  {_lengths(inputs[0])}"
        case Pack(operand):
            return f"pack  {_lengths(operand)}"
    return f"random  {_lengths(kernel.kernel.target)}"


def _lengths(view: View) -> str:
    return "×".join(map(str, view.shape))


def details(kernel: ProgramKernel) -> str:
    """Return the layer of `kernel`, where it has one, and its operations."""
    layer = kernel.source.layers[-1] if kernel.source.layers else ""
    return ": ".join(filter(None, [layer, ", ".join(kernel.operations)]))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
