"""
`eventscope label …`: what labeled events match, and making them, without a window.

Each function takes the workspace and yields JSON objects, one a line for the command; those that
change something write to the definitions. All raise AppError with a sentence.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from app.decode.body import clean
from app.errors import BadInput
from app.label import naming
from app.label.amplitude import exported
from app.label.element import Action, clicked
from app.label.evaluate import DefinitionJudge, Judge
from app.label.events import Condition, Definition, LabeledEvent, Op, checked, labeled_event
from app.label.filed import filed, fitting
from app.label.health import health
from app.label.labels import Labels
from app.label.matching import Clicks, Found
from app.label.similar import similar
from app.label.suggest import Suggestion, suggest, suggest_group
from app.store import Store
from app.store.definitions import FILE as DEFINITIONS
from app.store.events import EventDetail
from app.study.caughtup import studied

MOST_BYTES = 16_000_000
_VALUES = {
    "selector": "selector",
    "tag": "tag",
    "text": "text",
    "href": "href",
    "page_url": "page",
}

type Line = dict[str, Any]


def listed(folder: Path) -> Iterator[Line]:
    """All labeled events with counts, health and their definitions."""
    _refuse_nothing(folder)
    with Labels(folder) as labels:
        every = labels.all()
    with _clicks(folder) as (_, clicks):
        now = time.time_ns() // 1_000_000
        for label in every:
            found = clicks.found(Judge(label), label.api_keys)
            states = [health(clicks, one, now) for one in label.live]
            yield {
                "id": label.id,
                "name": label.name,
                **_counts(found),
                "needs_repair": any(state.needs_repair for state in states),
                **label.as_json(),
            }


def matched(folder: Path, label: LabeledEvent) -> Iterator[Line]:
    """The events that a labeled event counts, in order of arrival, as `eventscope events` prints
    them, and at last a line with the counts."""
    with _clicks(folder) as (store, clicks):
        found = clicks.found(Judge(label), label.api_keys)
        last = 0
        while ids := clicks.events(found.matched, last):
            for detail in _details(store, ids):
                yield {
                    "id": detail.row.id,
                    "time_ms": detail.row.time_ms,
                    "user_id": detail.row.user_id,
                    "device_id": detail.row.device_id,
                    "event": detail.event.raw,
                }
            last = ids[-1]
        yield {"matched": _counts(found)}


def suggested(folder: Path, event_id: int, *, group: bool = False) -> Iterator[Line]:
    """Labeled events for the element of a stored event, best first, in the form that `add`
    reads."""
    with _clicks(folder) as (store, clicks):
        detail = store.events.detail(event_id)
        if detail is None:
            raise BadInput(f"There is no event {event_id}.")
        found = clicked(detail.row.type, detail.event.fields.get("event_properties"))
        if found is None or not found[0].hierarchy.nodes:
            raise BadInput(f"Event {event_id} is no click on an element and no change of one.")
        element, page = found
        history = clicks.population(page.url)
        every = suggest_group(element, (), history) if group else suggest(element, (), history)
        for one in every:
            name = (
                naming.group_name(element, len(_matched_by(one, history)))
                if group
                else naming.name(element)
            )
            label = LabeledEvent(name, one.definitions, naming.description(element, page))
            yield {
                "name": label.name,
                "confidence": one.confidence,
                "sentence": one.sentence,
                "events": clicks.found(Judge(label)).events,
                "events_on_page": one.in_history,
                **label.as_json(),
            }


def _matched_by(one: Suggestion, history: list[tuple[Any, int]]) -> list[Any]:
    """The different elements of the past that a suggestion matches."""
    judge = DefinitionJudge(one.definition)
    return [element for element, _ in history if judge.of_element(element) is True]


def _details(store: Store, ids: list[int]) -> Iterator[EventDetail]:
    return (found for number in ids if (found := store.events.detail(number)))


def added(folder: Path, label: LabeledEvent) -> Iterator[Line]:
    """Save a labeled event; says what it matches and which ones are similar."""
    with Labels(folder) as labels:
        saved = labels.save(label)
        others = labels.all()
    with _clicks(folder) as (_, clicks):
        found = clicks.found(Judge(saved), saved.api_keys)
        near = similar(
            saved,
            [(one, clicks.found(Judge(one), one.api_keys).matched) for one in others],
            found.matched,
        )
        yield {
            "id": saved.id,
            "name": saved.name,
            **_counts(found),
            "similar": [{"name": one.label.name, "sentence": one.sentence} for one in near],
        }


def imports(folder: Path, file: Path, *, strict: bool = False) -> Iterator[Line]:
    """Save the labeled events of a file; with `strict` all or none. A line for each that was saved
    (`id`, `name`, `place`, `warnings`), and one for everything that is wrong (`place`, `error`)."""
    read = filed(read_json(file))
    with Labels(folder) as labels:
        read = fitting(read, labels.all())
        entries = () if strict and read.refused else read.entries
        saved = labels.save_all(entry.label for entry in entries)
    for entry, label in zip(entries, saved, strict=True):
        said = {"place": entry.place, "warnings": [*entry.warnings]}
        yield {"id": label.id, "name": label.name, **said}
    yield from ({"place": one.place, "error": one.sentence} for one in read.refused)


def exports(folder: Path, *, ours: bool = False) -> tuple[list[Line], list[str]]:
    """All labeled events that are not archived, in Amplitude's form or in ours, and in sentences
    what could not be carried over."""
    _refuse_nothing(folder)
    with Labels(folder) as labels:
        every = [one for one in labels.all() if not one.archived]
    if ours:
        return [{"name": one.name, **one.as_json()} for one in every], []
    forms, warnings = [], []
    for label in every:
        try:
            made = exported(label)
        except BadInput as error:
            warnings.append(f"“{label.name}” is left out: {error}")
            continue
        forms.append(made.form)
        warnings += made.warnings
    return forms, warnings


def chosen(folder: Path, given: argparse.Namespace, *, saved: bool) -> LabeledEvent:
    """The labeled event that arguments name: one that is `saved`, one in a file, or one made of a
    few values, where `--page` may hold `*` and texts must be equal. Raises BadInput."""
    if file := getattr(given, "file", None):
        body = read_json(file)
        name = body.get("name") if isinstance(body, dict) else None
        return labeled_event(clean(given.name or str(name or "")), body)
    values = {field: clean(getattr(given, argument)) for field, argument in _VALUES.items()}
    conditions = tuple(_condition(field, value) for field, value in values.items() if value)
    if saved and given.name and not conditions:
        with Labels(folder) as labels:
            return labels.named(clean(given.name))
    if not conditions:
        raise BadInput("At least one of --selector, --tag, --text, --href, --page is needed.")
    definition = Definition(Action(given.action), conditions)
    name = clean(given.name or ("asked" if saved else ""))
    return checked(LabeledEvent(name, (definition,)))


def read_json(file: Path) -> Any:
    """The contents of a JSON file. Raises BadInput with a sentence."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise BadInput(f"{file} is too large for labeled events.")
        return orjson.loads(file.read_bytes())
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{file} is no JSON: {error}.") from error


def _refuse_nothing(folder: Path) -> None:
    """Reading makes no folder and no file. Raises StoreUnavailable when there is nothing."""
    if not (folder / DEFINITIONS).exists():
        Store.read(folder).close()


@contextmanager
def _clicks(folder: Path) -> Iterator[tuple[Store, Clicks]]:
    """The store and its clicks, studied up to the newest."""
    with studied(folder) as store:
        clicks = Clicks(store.connection)
        clicks.update()
        yield store, clicks


def _condition(field: str, value: str) -> Condition:
    if field == "selector":
        return Condition(field, Op.CSS_MATCH, (value,))
    if field == "page_url":
        op = Op.GLOB if "*" in value else Op.IS
        return Condition(field, op, (value,), ignore_fragment=True)
    return Condition(field, Op.IS, (value,))


def _counts(found: Found) -> Line:
    return {
        "events": found.events,
        "first_ms": found.first_ms,
        "last_ms": found.last_ms,
        "unknown": {str(reason): number for reason, number in found.unknown.items()},
    }
