"""The arena: buffers that live at the same time lie apart, and none is larger than needed."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, strategies as st

from chainrule.plan.kernel import Buffer, Kernel, Role
from chainrule.plan.memory import arrange, bytes_of
from tests.plan.kernels import FLOAT, add, buffer, copy, whole

SIZES = st.lists(st.integers(0, 100), min_size=1, max_size=12)


@given(SIZES, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_what_lives_at_the_same_time_lies_apart(
    sizes: list[int], pairs: list[tuple[int, int]]
) -> None:
    buffers = [Buffer(n, FLOAT, size, Role.TEMPORARY) for n, size in enumerate(sizes)]
    used = [(a % len(buffers), b % len(buffers)) for a, b in pairs]
    kernels: list[Kernel] = [copy(buffers[a], buffers[b]) for a, b in used]
    arena = arrange(kernels)
    lives = {
        n: [place for place, pair in enumerate(used) if n in pair] for pair in used for n in pair
    }
    assert {buffers[n] for n in lives} == set(arena.offsets)
    for a, b in combinations(lives, 2):
        together = lives[a][0] <= lives[b][-1] and lives[b][0] <= lives[a][-1]
        if together and sizes[a] and sizes[b]:
            places = [
                set(range(start, start + 4 * sizes[n]))
                for n in (a, b)
                for start in [arena.offsets[buffers[n]]]
            ]
            assert not places[0] & places[1]
    for one, offset in arena.offsets.items():
        assert offset % 64 == 0
        assert offset + bytes_of(one) <= arena.size


def test_a_chain_needs_two_places() -> None:
    chain = [buffer(n, size=16) for n in range(10)]
    kernels: list[Kernel] = [copy(a, b) for a, b in pairwise(chain)]
    assert arrange(kernels).size == 2 * 64


def test_only_temporaries_are_in_the_arena() -> None:
    x, r = buffer(0, Role.ARGUMENT), buffer(1, Role.RESULT)
    assert arrange([add(whole(x), whole(x), r)]).size == 0
