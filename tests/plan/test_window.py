"""Windows against what meets, counted one by one."""

from __future__ import annotations

from hypothesis import given, strategies as st

from chainrule.plan.window import Window

few = st.integers(0, 6)


@given(
    few,
    few,
    few,
    st.integers(-3, 3),
    st.sampled_from((-3, -2, -1, 1, 2, 3)),
    few,
    st.integers(1, 4),
)
def test_a_walk_reaches_what_meets(
    results: int, steps: int, length: int, outer: int, inner: int, shift: int, gap: int
) -> None:
    for backwards in (False, True):
        window = Window(results, steps, length, outer, inner, shift, gap, backwards)
        total = 0
        for u in range(results):
            first, count, place = window.reach(u)
            along, across = window.step
            walked = [(first + n * along, place + n * across) for n in range(count)]
            meets = {
                (v, w)
                for v in range(steps)
                for w in range(length)
                if gap * w == outer * u + inner * v + shift
            }
            assert len(walked) == len(meets)
            assert set(walked) == meets
            assert [v for v, _ in walked] == sorted((v for v, _ in walked), reverse=backwards)
            total += count
        assert window.meetings == total
