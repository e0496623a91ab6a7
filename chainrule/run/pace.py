"""Which number of threads is the fastest for a program, found out while it runs.

Results do not depend on the number of threads, so it may change from one step to the next. The
number in use is the *home*; now and then the program spends a while away, at another number, to see
how fast it would be there.
"""

from __future__ import annotations

from itertools import pairwise

LEAST_WORK = 15e-6  # seconds of work below which a thread is not worth its barriers
WHILE_SECONDS = 0.02  # long enough for the system to have given turns to a neighbor
MARGIN = 1.1  # noise is smaller
SAVINGS = 0.005  # the share of the time that looking around may cost
FIRST_SAVINGS = 0.05  # seconds
LEAST_COST = 0.1 * WHILE_SECONDS


class Pace:
    """The choice of the number of threads for one program.

    `estimate` is the time of one step on one thread, in seconds: a guess, soon replaced by what
    was measured.

    >>> pace = Pace(20e-6)
    >>> pace.choose(8)
    1
    """

    def __init__(self, estimate: float) -> None:
        self._estimate = estimate
        self._limit = self._count = 0

    def choose(self, limit: int) -> int:
        """Return the number of threads for the next step, at most `limit`."""
        if limit != self._limit:
            self._begin(limit)
        return self._count

    def _begin(self, limit: int) -> None:
        self._limit, self._warm = limit, False
        most = max(1, min(limit, int(self._estimate / LEAST_WORK)))
        self._counts = [most >> halvings for halvings in range(most.bit_length())]
        self._means = {count: self._estimate / count for count in self._counts}
        self._savings = FIRST_SAVINGS
        self._next = dict(pairwise([*self._counts, *self._counts[:1]]))
        self._candidate = self._home = most
        self._move(most)

    def _move(self, count: int) -> None:
        self._count = count
        self._steps, self._seconds = 0, 0.0

    def record(self, threads: int, seconds: float, steps: int = 1) -> None:
        """Take note that `steps` steps on `threads` threads took `seconds` seconds together."""
        if threads != self._count:
            return
        if not self._warm:  # the first step finds cold caches and untouched memory
            self._warm = True
            return
        self._steps += steps
        self._seconds += seconds
        if self._seconds >= WHILE_SECONDS:
            self._look_back()

    def _look_back(self) -> None:
        """A while is over: judge it and decide where to spend the next."""
        self._means[self._count] = self._seconds / self._steps
        if self._count == self._home:
            self._savings += SAVINGS * self._seconds
            self._move(self._destination())
        else:
            at_home = self._steps * self._means[self._home]
            self._savings -= max(self._seconds - at_home, LEAST_COST)
            if self._seconds * MARGIN < at_home:
                self._home = self._count
            self._move(self._home)

    def _destination(self) -> int:
        """What promises to be faster; else the next in turn, if it can be afforded; else home."""
        best = min(self._counts, key=self._means.__getitem__)
        if self._means[best] * MARGIN < self._means[self._home]:
            return best
        if self._savings < self._cost(self._candidate):
            return self._home
        following = self._next[self._candidate]
        self._candidate, chosen = following, self._candidate
        return chosen

    def _cost(self, count: int) -> float:
        """What a while at another number would cost, in seconds, as far as is known."""
        slower = self._means[count] / self._means[self._home] - 1
        length = max(WHILE_SECONDS, self._means[self._home])
        return max(length * slower, LEAST_COST)
