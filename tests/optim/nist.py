"""The nonlinear regressions that NIST certifies: models here, data where they are installed.

    Statistical Reference Datasets, National Institute of Standards and Technology, public domain

The folder is `nist-strd` in `$CHAINRULE_DATA`, or in `../shared/data` beside the project.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.build.tensor import Array

BESIDE = Path(__file__).parents[3] / "shared" / "data"
FOLDER = Path(os.environ.get("CHAINRULE_DATA", BESIDE)) / "nist-strd"

Model = Callable[..., Any]


def gauss(x: Any, b: Any) -> Any:
    bells = [b[i] * cr.exp(-(((x - b[i + 1]) / b[i + 2]) ** 2)) for i in (2, 5)]
    return b[0] * cr.exp(-b[1] * x) + bells[0] + bells[1]


def lanczos(x: Any, b: Any) -> Any:
    first, second, third = (b[i] * cr.exp(-b[i + 1] * x) for i in (0, 2, 4))
    return first + second + third


def wave(x: Any, period: Any, cosine: Any, sine: Any) -> Any:
    angle = 2 * math.pi * x / period
    return cosine * cr.cos(angle) + sine * cr.sin(angle)


def cubic(x: Any, b: Any) -> Any:
    above = b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3
    return above / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def box(x: Any, b: Any) -> Any:
    return b[0] * (1 - cr.exp(-b[1] * x))


def chwirut(x: Any, b: Any) -> Any:
    return cr.exp(-b[0] * x) / (b[1] + b[2] * x)


MODELS: dict[str, Model] = {
    "Bennett5": lambda x, b: b[0] * (b[1] + x) ** (-1 / b[2]),
    "BoxBOD": box,
    "Chwirut1": chwirut,
    "Chwirut2": chwirut,
    "DanWood": lambda x, b: b[0] * x ** b[1],
    "ENSO": lambda x, b: (
        b[0] + wave(x, 12, b[1], b[2]) + wave(x, b[3], b[4], b[5]) + wave(x, b[6], b[7], b[8])
    ),
    "Eckerle4": lambda x, b: b[0] / b[1] * cr.exp(-0.5 * ((x - b[2]) / b[1]) ** 2),
    "Gauss1": gauss,
    "Gauss2": gauss,
    "Gauss3": gauss,
    "Hahn1": cubic,
    "Kirby2": lambda x, b: (b[0] + b[1] * x + b[2] * x**2) / (1 + b[3] * x + b[4] * x**2),
    "Lanczos1": lanczos,
    "Lanczos2": lanczos,
    "Lanczos3": lanczos,
    "MGH09": lambda x, b: b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3]),
    "MGH10": lambda x, b: b[0] * cr.exp(b[1] / (x + b[2])),
    "MGH17": lambda x, b: b[0] + b[1] * cr.exp(-x * b[3]) + b[2] * cr.exp(-x * b[4]),
    "Misra1a": box,
    "Misra1b": lambda x, b: b[0] * (1 - (1 + b[1] * x / 2) ** -2),
    "Misra1c": lambda x, b: b[0] * (1 - (1 + 2 * b[1] * x) ** -0.5),
    "Misra1d": lambda x, b: b[0] * b[1] * x / (1 + b[1] * x),
    "Nelson": lambda x, b: b[0] - b[1] * x[0] * cr.exp(-b[2] * x[1]),
    "Rat42": lambda x, b: b[0] / (1 + cr.exp(b[1] - b[2] * x)),
    "Rat43": lambda x, b: b[0] / (1 + cr.exp(b[1] - b[2] * x)) ** (1 / b[3]),
    "Roszman1": lambda x, b: b[0] - b[1] * x - cr.atan(b[2] / (x - b[3])) / math.pi,
    "Thurber": cubic,
}


@dataclass(frozen=True)
class Problem:
    """Measurements, a model, two starts, and what is certified to eleven digits."""

    name: str
    x: Array
    y: Array
    starts: tuple[Array, Array]
    parameters: Array
    deviations: Array
    sum_of_squares: float

    def residuals(self, b: Any) -> Any:
        """How far the model with the parameters `b` is off."""
        return MODELS[self.name](self.x, b) - self.y


def problem(name: str) -> Problem:
    """Read one problem from its file."""
    lines = (FOLDER / f"{name}.dat").read_text(encoding="ascii").splitlines()
    rows = [[float(part) for part in row.split("=")[1].split()] for row in _rows(lines)]
    first, second, parameters, deviations = np.array(rows).T
    squares = next(line for line in lines if line.startswith("Residual Sum of Squares"))
    begin = max(i for i, line in enumerate(lines) if line.startswith("Data:")) + 1
    table = np.array([line.split() for line in lines[begin:] if line.strip()], np.float64).T
    y = np.log(table[0]) if name == "Nelson" else table[0]
    x = table[1:] if name == "Nelson" else table[1]
    total = float(squares.split(":")[1])
    return Problem(name, x, y, (first, second), parameters, deviations, total)


def _rows(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if re.match(r"\s*b\d\s*=(\s+[-+.\dE]+){4}\s*$", line))


# Three small ones, so that there is always something to fit.
SMALL = {
    "BoxBOD": Problem(
        "BoxBOD",
        x=np.array([1.0, 2.0, 3.0, 5.0, 7.0, 10.0]),
        y=np.array([109.0, 149.0, 149.0, 191.0, 213.0, 224.0]),
        starts=(np.array([1.0, 1.0]), np.array([100.0, 0.75])),
        parameters=np.array([213.80940889, 0.54723748542]),
        deviations=np.array([12.354515176, 0.10455993237]),
        sum_of_squares=1168.0088766,
    ),
    "DanWood": Problem(
        "DanWood",
        x=np.array([1.309, 1.471, 1.49, 1.565, 1.611, 1.68]),
        y=np.array([2.138, 3.421, 3.597, 4.34, 4.882, 5.66]),
        starts=(np.array([1.0, 5.0]), np.array([0.7, 4.0])),
        parameters=np.array([0.76886226176, 3.8604055871]),
        deviations=np.array([0.018281973860, 0.051726610913]),
        sum_of_squares=4.3173084083e-3,
    ),
    "Rat42": Problem(
        "Rat42",
        x=np.array([9.0, 14.0, 21.0, 28.0, 42.0, 57.0, 63.0, 70.0, 79.0]),
        y=np.array([8.93, 10.8, 18.59, 22.33, 39.35, 56.11, 61.73, 64.62, 67.08]),
        starts=(np.array([100.0, 1.0, 0.1]), np.array([75.0, 2.5, 0.07])),
        parameters=np.array([72.462237576, 2.6180768402, 0.067359200066]),
        deviations=np.array([1.7340283401, 0.088295217536, 0.0034465663377]),
        sum_of_squares=8.0565229338,
    ),
}
