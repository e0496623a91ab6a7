"""The picture of a program: well-formed, complete, and each thing in its lane."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.source import Step
from chainrule.errors import FileError
from chainrule.plan.dataflow import edges
from chainrule.run.kernels import Kernels
from chainrule.run.picture import LANE, picture, span
from chainrule.run.svg import Drawing
from tests.run.insights import shown, training_step

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    return root


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def boxes(root: ElementTree.Element) -> list[ElementTree.Element]:
    """The boxes of kernels: they alone say something where the mouse rests."""
    return [r for r in root.iter(f"{SVG}rect") if r.find(f"{SVG}title") is not None]


def arrows(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [path for path in root.iter(f"{SVG}path") if "marker-end" in path.attrib]


def test_every_kernel_is_a_box_and_all_its_data_an_arrow() -> None:
    step = shown()
    root = parsed(step.plot())
    assert len(boxes(root)) == len(step.kernels)
    assert len(arrows(root)) == len(list(edges([kernel.kernel for kernel in step.kernels])))


def test_boxes_stand_in_order_in_their_lanes() -> None:
    step = shown()
    found = boxes(parsed(step.plot()))
    heights = [float(box.attrib["y"]) for box in found]
    assert heights == sorted(set(heights))
    for box, kernel in zip(found, step.kernels, strict=True):
        left, right = span(kernel)
        assert float(box.attrib["x"]) == left
        assert float(box.attrib["width"]) == right - left
        both = kernel.step is Step.BACKWARD and kernel.updates
        assert (right - left > LANE) == both


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    step = shown()
    root = parsed(step.plot())
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for r in root.iter(f"{SVG}rect"):
        assert float(r.attrib["x"]) >= 0
        assert float(r.attrib["x"]) + float(r.attrib["width"]) <= width
        assert float(r.attrib["y"]) >= 0
        assert float(r.attrib["y"]) + float(r.attrib["height"]) <= height


def test_lanes_title_and_costs_are_written() -> None:
    step, _, _ = training_step()
    words = texts(parsed(step.plot()))
    assert words[0] == "step"
    assert f"{len(step.kernels)} kernels" in words[1]
    assert "estimated" in words[1]
    assert all(words.count(lane) == 2 for lane in Step)
    step.profile()
    assert "measured" in texts(parsed(step.plot()))[1]


def test_an_update_in_the_same_loop_names_what_it_writes() -> None:
    step = shown()
    root = parsed(step.plot())
    assert texts(root).count("update in the same loop") == 2
    tips = [box.findtext(f"{SVG}title") or "" for box in boxes(root)]
    assert any("Linear(20, 32).weight" in tip and "0.weight.mean" in tip for tip in tips)


def test_many_kernels_stand_closer() -> None:
    def deep(x: Any) -> Any:
        for _ in range(70):
            x = cr.flip(cr.cumulative_sum(x, axis=0), axis=0)
        return x

    few, many = (cr.compile(f, device="native") for f in (lambda x: cr.sort(x, axis=0), deep))
    rows = []
    for compiled in (few, many):
        compiled(np.ones((3, 3), np.float32))
        root = parsed(compiled.plot())
        assert len(boxes(root)) == len(compiled.kernels)
        rows.append(float(boxes(root)[0].attrib["height"]))
    assert rows[1] < rows[0]


def test_an_empty_program_is_a_picture_of_lanes() -> None:
    assert boxes(parsed(picture(Kernels(()), {}, "nothing"))) == []


def test_names_are_written_as_they_are() -> None:
    title = "a<b> & \"c\" 'd' \x00 \ud83d ü"
    root = parsed(picture(Kernels(()), {}, title))
    assert texts(root)[0] == "a<b> & \"c\" 'd' � � ü"
    drawing = Drawing(10, 10, title)
    drawing.rectangle((0, 0), 1, 1, tip="x & <y>", fill='"')
    assert parsed(str(drawing)).findall(f"{SVG}rect")[1].attrib["fill"] == '"'


def test_the_picture_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    step = shown()
    path = tmp_path / "step.svg"
    path.write_text("before")
    text = step.plot(path)
    assert path.read_text(encoding="utf-8") == text == text._repr_svg_()
    assert [p.name for p in tmp_path.iterdir()] == ["step.svg"]
    with pytest.raises(FileError, match="cannot be written"):
        step.plot(tmp_path / "missing" / "step.svg")
