"""
Conditions on what was learned of the events as SQL: whose they are, what is wrong with them, which
labels count them, where they came from. What is not there yet is found by none.
"""

from app.filter.fields import COLUMNS
from app.filter.parts import NOTHING, Lookups, Sql, joined
from app.filter.texts import TextTest
from app.filter.tree import Condition


def person_sql(look: Lookups, one: Condition) -> Sql:
    """All events of whoever was seen with such an id."""
    if not (look.has_table("placed") and look.has_table("people")):
        return NOTHING
    test = TextTest.of(one)
    user, value = test.sql("user")
    device, _ = test.sql("device")
    # Everybody who was seen with such an id, whom they were merged into, and the others who
    # were merged into the same.
    return Sql(
        "id IN (SELECT e.id FROM study.people p JOIN study.placed e ON e.person = p.id"
        " WHERE p.root IN (SELECT root FROM study.people"
        f" WHERE {user} OR {device} OR id IN"
        f" (SELECT person FROM study.person_devices WHERE {device} OR {user})))",
        (value,) * 4,
    )


def problem_sql(look: Lookups, one: Condition | None) -> Sql:
    """Events with such a problem, or any when there is no condition. Without what
    was muted; but who asks for a rule by its name gets it."""
    if not look.has_table("finding_events"):
        return NOTHING
    heard = _heard(look)
    if one is None:
        if heard is None:
            return Sql("id IN (SELECT event_id FROM study.finding_events)")
        return _found_by(heard)
    test = TextTest.of(one)
    columns = [test.sql(column) for column in ("f.rule", "f.sentence", "f.subject")]
    told = joined(" OR ", [Sql(text, (value,)) for text, value in columns])
    if heard is None:
        return _found_by(told)
    by_name = Sql("upper(f.rule) = upper(?)", (one.value,))
    return _found_by(joined(" OR ", [by_name, joined(" AND ", [told, heard])]))


def _heard(look: Lookups) -> Sql | None:
    """Whether a finding is of a rule that is not muted; None when nothing is."""
    muted = look.muted()
    if not muted:
        return None
    key = "(SELECT api_key FROM sources WHERE id = f.source_id)"
    parts = [
        Sql("f.rule <> ?", (rule,))
        if api_key is None
        else Sql(f"NOT (f.rule = ? AND {key} IS ?)", (rule, api_key))
        for rule, api_key in muted
    ]
    return joined(" AND ", parts)


def label_sql(look: Lookups, one: Condition | None) -> Sql:
    """Events that a labeled event counts, or any when there is no condition."""
    if not look.has_table("labeled"):
        return NOTHING
    if one is None:
        return Sql("id IN (SELECT event_id FROM study.labeled)")
    labels = ",".join(map(str, look.labels(TextTest.of(one))))
    return Sql(f"id IN (SELECT event_id FROM study.labeled WHERE label_id IN ({labels}))")


def address_sql(look: Lookups, one: Condition) -> Sql:
    """Events from such an IP address."""
    if not look.has_table("addresses"):
        return NOTHING
    condition, value = TextTest.of(one).sql("ip")
    return Sql(f"id IN (SELECT id FROM study.addresses WHERE {condition})", (value,))


def fields_sql(look: Lookups, one: Condition) -> Sql:
    """Events that were sent with, or from, something like this."""
    if not look.has_table("field_runs"):
        return NOTHING
    test = TextTest.of(one)
    asked = joined(" OR ", [Sql(*_bound(test.sql(name))) for name in COLUMNS[one.key]])
    found = look.fields(asked.text, asked.values)
    if found is None:
        return NOTHING
    if found.numbers:
        wanted = Sql(",".join(map(str, found.numbers)))
    else:
        wanted = Sql(f"SELECT id FROM study.fields WHERE {asked.text}", asked.values)
    if found.are_few:
        return Sql(
            "id IN (SELECT e.id FROM study.field_runs r CROSS JOIN events e"
            f" ON e.id BETWEEN r.first AND r.last WHERE r.fields IN ({wanted.text}))",
            wanted.values,
        )
    # One look into the tree for each event is less than to list what may be all of them.
    run = (
        "SELECT CASE WHEN last >= id THEN fields END FROM study.field_runs"
        " WHERE first <= id ORDER BY first DESC LIMIT 1"
    )
    return Sql(f"({run}) IN ({wanted.text})", wanted.values)


def _bound(made: tuple[str, str]) -> tuple[str, tuple[object, ...]]:
    return made[0], (made[1],)


def _found_by(condition: Sql) -> Sql:
    return Sql(
        "id IN (SELECT e.event_id FROM study.findings f JOIN study.finding_events e"
        f" ON e.finding = f.id WHERE {condition.text})",
        condition.values,
    )
