"""
Writes charts and segments as the JSON that they are read from.
"""

from dataclasses import fields, is_dataclass
from typing import Any

from app.query.definition import (
    VERSION,
    AnyChart,
    Condition,
    EventSpec,
    Held,
    PropertyRef,
    Segment,
    Segmentation,
    Step,
)


def written(chart: AnyChart) -> dict[str, Any]:
    """The JSON form; `read` makes the same chart of it."""
    kind = type(chart).__name__.lower()
    found = {"version": VERSION, "kind": kind} | _filled(chart)
    if isinstance(chart, Segmentation) and chart.formula:
        # With a formula, its answer is what is measured unless something else is said.
        found["measure"] = chart.measure
    return found


def segment_json(segment: Segment) -> dict[str, Any]:
    """The JSON form of a segment, or of the rule of a cohort."""
    return _filled(segment)


def _filled(record: Any) -> dict[str, Any]:
    """The fields of a record that differ from their defaults."""
    if isinstance(record, EventSpec):
        return _written_event(record)
    if isinstance(record, PropertyRef):
        return {"property": record.name, "scope": record.scope}
    if isinstance(record, Condition):
        return _filled(record.property) | {"op": record.op, "values": list(record.values)}
    if isinstance(record, Held):
        asked = _filled(Condition(record.property, record.op, record.values))
        return asked | {k: v for k, v in _changed(record).items() if k not in asked}
    if isinstance(record, Step):
        found = _written_event(record.event)
        if record.optional:
            found["optional"] = True
        if record.compared:
            found["compared"] = [_written_event(one) for one in record.compared]
        return found
    return _changed(record)


def _changed(record: Any) -> dict[str, Any]:
    return {
        one.name: _plain(value)
        for one in fields(record)
        if (value := getattr(record, one.name)) != one.default and value is not None
    }


def _written_event(spec: EventSpec) -> dict[str, Any]:
    if spec.kind == "event":
        found: dict[str, Any] = {"event": spec.type}
    elif spec.kind == "label":
        found = {"label": spec.label}
    elif spec.kind == "combined":
        found = {"combined": [_written_event(part) for part in spec.parts]}
    else:
        found = {"kind": spec.kind}
    for name in ("where", "by", "name"):
        if value := getattr(spec, name):
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _filled(value) if is_dataclass(value) else value
