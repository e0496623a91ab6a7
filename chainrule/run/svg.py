"""SVG, written shape by shape; text is escaped, and the result is well-formed XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})

Point = tuple[float, float]


class Drawing:
    """A picture of `width` times `height` pixels on a white ground."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._size = (_number(width), _number(height))
        self._lines = [f"  <title>{_escaped(title)}</title>"]
        self.rectangle((0, 0), width, height, fill="#ffffff")

    def rectangle(
        self, corner: Point, width: float, height: float, tip: str = "", **style: object
    ) -> None:
        """Draw a rectangle from its upper left corner; `tip` shows where the mouse rests on it."""
        x, y = corner
        inside = f"<title>{_escaped(tip)}</title>" if tip else ""
        self._add("rect", {"x": x, "y": y, "width": width, "height": height, **style}, inside)

    def text(self, at: Point, text: str, size: float, **style: object) -> None:
        """Write `text` from `at`, the left end of its base line; `text_anchor` says another end."""
        x, y = at
        self._add("text", {"x": x, "y": y, "font_size": size, **style}, _escaped(text))

    def path(self, steps: Sequence[str | Point], **style: object) -> None:
        """Draw a line along `steps`, letters of SVG's paths and points; not filled."""
        parts = [s if isinstance(s, str) else f"{_number(s[0])},{_number(s[1])}" for s in steps]
        self._add("path", {"d": " ".join(parts), "fill": "none", **style})

    def arrow_head(self, name: str, color: str) -> str:
        """Define an arrow head and return what a path takes as its `marker_end`."""
        tip = f'<path d="M0,0 L7,3.5 L0,7 z" fill="{_escaped(color)}"/>'
        size = 'markerWidth="7" markerHeight="7" refX="6" refY="3.5" markerUnits="userSpaceOnUse"'
        self._lines.append(f'  <marker id="{_escaped(name)}" orient="auto" {size}>{tip}</marker>')
        return f"url(#{name})"

    def _add(self, tag: str, attributes: Mapping[str, object], inside: str = "") -> None:
        written = "".join(
            f' {name.replace("_", "-")}="{_value(value)}"' for name, value in attributes.items()
        )
        ending = f">{inside}</{tag}>" if inside else "/>"
        self._lines.append(f"  <{tag}{written}{ending}")

    def __str__(self) -> str:
        width, height = self._size
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        head = f'<svg xmlns="{NAMESPACE}" {size} role="img" font-family="{FONT}">'
        return "\n".join([head, *self._lines, "</svg>"]) + "\n"


def mixed(first: str, second: str, part: float) -> str:
    """Return the color that lies `part` of the way from `first` to `second`.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    ends = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in (first, second)]
    return "#" + "".join(f"{round(a + part * (b - a)):02x}" for a, b in zip(*ends, strict=True))


def _value(value: object) -> str:
    return _number(value) if isinstance(value, int | float) else _escaped(str(value))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _escaped(text: str) -> str:
    """`text` as XML; characters that XML has no way to write are replaced."""
    known = "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return known.translate(ESCAPES)
