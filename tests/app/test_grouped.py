"""
Groups of a stream beside the same grouping done anew each time.
"""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from app.grouped import Groups
from app.grouping import Key

KEYS = st.sampled_from([None, 0, 1, 2, 3, 4, 5, "a", "b"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("older"), st.lists(KEYS, min_size=1, max_size=6)),
        st.tuples(st.just("newer"), st.lists(KEYS, min_size=1, max_size=6)),
        st.tuples(st.just("drop"), st.integers(0, 8)),
        st.tuples(st.just("join"), st.dictionaries(st.integers(0, 2), st.integers(3, 5))),
    ),
    max_size=20,
)


@given(STEPS)
def test_each_event_is_in_the_group_of_its_key(steps: list[tuple[str, object]]) -> None:
    groups = Groups()
    naive: dict[int, Key] = {}
    lowest = highest = 500
    for what, how in steps:
        if what == "drop" and isinstance(how, int) and len(naive) > how:
            lowest = sorted(naive)[how]
            groups.drop_below(lowest)
            naive = {event: key for event, key in naive.items() if event >= lowest}
        elif what == "join" and isinstance(how, dict):
            groups.join(how)
            naive = {event: how.get(key, key) for event, key in naive.items()}
        elif isinstance(how, list):
            count = len(how)
            top = lowest - 1 if what == "older" else highest + count - 1
            ids = list(range(top, top - count, -1))
            lowest, highest = min(lowest, ids[-1]), max(highest, ids[0] + 1)
            known: dict[Key, int] = {}
            places = [known.setdefault(key, len(known)) for key in how]
            add = groups.add_older if what == "older" else groups.add_newer
            add(ids, list(known), places)
            naive.update(zip(ids, how, strict=True))
        agree(groups, naive)


def agree(groups: Groups, naive: dict[int, Key]) -> None:
    """Which groups, in which order, of which events, and what is told of each."""
    wanted: dict[Key, list[int]] = defaultdict(list)
    for event in sorted(naive, reverse=True):
        wanted[naive[event]].append(event)
    numbers = [groups.at(place) for place in range(len(groups))]
    assert [groups.key(one) for one in numbers] == list(wanted)
    assert groups.events == len(naive)
    for place, one in enumerate(numbers):
        events = wanted[groups.key(one)]
        assert list(groups.ids(one)) == events
        told = (groups.count(one), groups.newest_of(one), groups.oldest_of(one))
        assert told == (len(events), events[0], events[-1])
        assert groups.place_of(one) == place
