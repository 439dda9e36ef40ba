"""
Which labeled events match events that are shown, by what the study has judged so far.
"""

from collections.abc import Sequence

import orjson

from app.store import Store

type Labeled = dict[int, tuple[int, ...]]


def labels_of(store: Store, events: Sequence[int]) -> Labeled:
    """The numbers of the labeled events that count each of these events; others are left out."""
    found: Labeled = {}
    if not events or not store.events.has_table("labeled"):
        return found
    rows = store.connection.execute(
        "SELECT event_id, label_id FROM study.labeled"
        " WHERE event_id IN (SELECT value FROM json_each(?)) ORDER BY event_id, label_id",
        (orjson.dumps(list(events)).decode(),),
    )
    for event, label in rows:
        found[event] = (*found.get(event, ()), label)
    return found


def judged(store: Store) -> tuple[str, int]:
    """Changes whenever the study has judged other labeled events, or more clicks; the text is
    empty, and stays so, while nothing is labeled."""
    if not store.events.has_table("label_judged"):
        return "", 0
    (labels,) = store.connection.execute(
        "SELECT coalesce(group_concat(label_id || key), '') FROM study.label_judged"
    ).fetchone()
    if not labels:
        return "", 0
    (last,) = store.connection.execute("SELECT max(event_id) FROM study.label_clicks").fetchone()
    return str(labels), int(last or 0)
