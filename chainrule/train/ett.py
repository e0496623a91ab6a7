"""ETT: two years of an electricity transformer, hour by hour.

Zhou et al., Informer: beyond efficient transformer for long sequence time-series forecasting (AAAI
2021; CC BY-ND 4.0). Where the file comes from is said in `chainrule.train.public`.
"""

from __future__ import annotations

from io import StringIO

import numpy as np
from numpy.typing import NDArray

from chainrule.train.public import PublicFile, checked

ADDRESS = "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/ETTh1.csv"
CHECKSUM = "f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066"

COLUMNS = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")


def load_etth1() -> NDArray[np.float64]:
    """Return 17,420 hours (from July 2016) of seven columns: six loads, and the oil's temperature.

    Errors: `FileError` where the file is neither there nor to be had, or is not the known one.
    """
    file = PublicFile("ETTh1", "ett", ["ETTh1.csv"], ADDRESS)
    text = file.read(lambda found, origin: checked(found, CHECKSUM, "ETTh1.csv", origin))
    columns = range(1, 1 + len(COLUMNS))
    return np.loadtxt(StringIO(text.decode()), delimiter=",", skiprows=1, usecols=columns)
