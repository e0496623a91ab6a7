"""SVG, written shape by shape; text is escaped, and the result is well-formed XML."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"

Point = tuple[float, float]


class Drawing:
    """A picture of `width` times `height` pixels on a white ground."""

    def __init__(self, width: float, height: float, title: str) -> None:
        size = {"width": _number(width), "height": _number(height)}
        box = f"0 0 {_number(width)} {_number(height)}"
        self._root = ElementTree.Element("svg", xmlns=NAMESPACE, viewBox=box, role="img", **size)
        self._root.set("font-family", FONT)
        self._add("title").text = _printable(title)
        self.rectangle((0, 0), width, height, fill="#ffffff")

    def rectangle(
        self, corner: Point, width: float, height: float, tip: str = "", **style: object
    ) -> None:
        """Draw a rectangle from its upper left corner; `tip` shows where the mouse rests on it."""
        x, y = corner
        found = self._add("rect", x=x, y=y, width=width, height=height, **style)
        if tip:
            ElementTree.SubElement(found, "title").text = _printable(tip)

    def text(self, at: Point, text: str, size: float, **style: object) -> None:
        """Write `text` from `at`, the left end of its base line; `anchor` may say another end."""
        x, y = at
        anchor = {"text_anchor": style.pop("anchor", "start")}
        self._add("text", x=x, y=y, font_size=size, **anchor, **style).text = _printable(text)

    def path(self, steps: Sequence[str | Point], **style: object) -> None:
        """Draw a line along `steps`, letters of SVG's paths and points; not filled."""
        parts = [s if isinstance(s, str) else f"{_number(s[0])},{_number(s[1])}" for s in steps]
        self._add("path", d=" ".join(parts), fill="none", **style)

    def arrow_head(self, name: str, color: str) -> str:
        """Define an arrow head and return what a path takes as its `marker_end`."""
        size = {"markerWidth": 7, "markerHeight": 7, "refX": 6, "refY": 3.5}
        marker = self._add("marker", id=name, orient="auto", markerUnits="userSpaceOnUse", **size)
        ElementTree.SubElement(marker, "path", d="M0,0 L7,3.5 L0,7 z", fill=color)
        return f"url(#{name})"

    def _add(self, tag: str, **attributes: object) -> ElementTree.Element:
        named = {key.replace("_", "-"): _written(value) for key, value in attributes.items()}
        return ElementTree.SubElement(self._root, tag, named)

    def __str__(self) -> str:
        ElementTree.indent(self._root)
        return ElementTree.tostring(self._root, encoding="unicode") + "\n"


def mixed(first: str, second: str, part: float) -> str:
    """Return the color that lies `part` of the way from `first` to `second`.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    ends = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in (first, second)]
    return "#" + "".join(f"{round(a + part * (b - a)):02x}" for a, b in zip(*ends, strict=True))


def _written(value: object) -> str:
    return _number(value) if isinstance(value, int | float) else _printable(str(value))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _printable(text: str) -> str:
    """`text` without the characters that XML has no way to write."""
    return "".join(c if c.isprintable() or c in "\t\n" else "�" for c in text)
