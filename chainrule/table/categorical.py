"""A column of texts, each one of a few: a feature for every category, 1 in its rows, else 0."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from chainrule.table.cells import Texts, texts
from chainrule.table.numeric import Features
from chainrule.table.record import Record

if TYPE_CHECKING:
    from polars import Series

MOST_CATEGORIES = 100
# A category with fewer rows is rare: a thousandth of them, but at least what makes it come back and
# at most what suffices to learn from.
RARE_SHARE, LEAST_RARE, MOST_RARE = 0.001, 2, 30


@dataclass(frozen=True, slots=True)
class Categorical:
    """What was learnt of a column of texts.

    `others` says whether it held texts too rare for a feature each: they share one, and a text
    never seen before joins them. Without it such a row has 0 everywhere, as has one whose text is
    missing where `missing` says that none was.

    >>> import polars
    >>> sex = Categorical("sex", ("F", "M"), others=False, missing=True)
    >>> sex.encode(polars.Series("sex", ["M", None, "X"]))
    array([[0., 1., 0.],
           [0., 0., 1.],
           [0., 0., 0.]], dtype=float32)
    """

    name: str
    categories: tuple[str, ...]
    others: bool
    missing: bool
    kind: ClassVar[str] = "categorical"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        known = (f"{self.name} is {category!r}" for category in self.categories)
        others = [f"{self.name} is another"] * self.others
        return (*known, *others, *[f"{self.name} is missing"] * self.missing)

    def encode(self, series: Series) -> Features:
        """Return float32 (rows, features); DataError where cells are lists or records."""
        cells = texts(series)
        nowhere = len(self.feature_names)
        place = dict(zip(self.categories, range(nowhere), strict=False))
        unknown = len(self.categories) if self.others else nowhere
        absent = nowhere - 1 if self.missing else nowhere
        columns = [absent if cell is None else place.get(cell, unknown) for cell in cells]
        features = np.zeros((len(cells), nowhere + 1), np.float32)
        features[np.arange(len(cells)), columns] = 1
        return features[:, :nowhere]

    def to_record(self) -> dict[str, object]:
        """Return what `from_record` takes."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_record(cls, record: Record) -> Categorical:
        """Return the column that a record describes; FileError where it is not sound."""
        column = cls(
            name=record.text("name"),
            categories=record.texts("categories"),
            others=record.flag("others"),
            missing=record.flag("missing"),
        )
        record.end()
        in_order = all(a < b for a, b in pairwise(column.categories))
        record.insist(in_order, "the categories must be in order, each once")
        record.insist(len(column.feature_names) > 0, "there must be a category")
        return column


def learn_categorical(name: str, cells: Texts) -> Categorical:
    """Return the column that these texts teach, None for missing.

    A category has a feature of its own if it is not rare and among the hundred commonest.

    >>> learn_categorical("fruit", ["fig", "fig", "plum", None]).feature_names
    ("fruit is 'fig'", 'fruit is another', 'fruit is missing')
    """
    counts = Counter(cell for cell in cells if cell is not None)
    least = min(max(LEAST_RARE, ceil(RARE_SHARE * len(cells))), MOST_RARE)
    commonest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_CATEGORIES]
    kept = sorted(category for category, count in commonest if count >= least)
    return Categorical(name, tuple(kept), len(kept) < len(counts), None in cells)
