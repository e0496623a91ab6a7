"""Numbers for a person: three digits and a unit."""

from __future__ import annotations

LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
SMALL = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def count(number: float, unit: str = "") -> str:
    """Return a number of things, of `unit` where they have one.

    >>> count(411_000_000), count(96, "B"), count(2048, "B")
    ('411 M', '96 B', '2.05 kB')
    """
    for size, prefix in LARGE:
        if number >= 0.9995 * size:
            return f"{digits(number / size)} {prefix}{unit}"
    return f"{number:g} {unit}".rstrip()


def seconds(time: float) -> str:
    """Return a time.

    >>> seconds(1.2345e-5), seconds(0.0)
    ('12.3 µs', '0 ns')
    """
    for size, unit in SMALL:
        if time >= 0.9995 * size:
            return f"{digits(time / size)} {unit}"
    return f"{time / 1e-9:.2g} ns"


def share(part: float) -> str:
    """Return a part of a whole in percent.

    >>> share(0.5), share(0.004)
    ('50 %', '0.4 %')
    """
    return f"{100 * part:.0f} %" if part >= 0.0995 else f"{100 * part:.1f} %"


def digits(number: float) -> str:
    """Return a number from 1 to 1000 in three digits.

    >>> digits(1.0), digits(12.345), digits(999.7)
    ('1', '12.3', '1000')
    """
    return f"{number:.3g}" if number < 999.5 else f"{number:.0f}"
