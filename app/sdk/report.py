"""
All SDKs of a workspace with their options, as the command line prints them and the window shows
them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.sdk.configured import Configured
from app.sdk.dropped import DroppedProperty, Found
from app.sdk.identify import Family
from app.sdk.instances import DEVICES, Instance
from app.sdk.observe import Surroundings
from app.sdk.resolve import Resolved, resolved
from app.store import Store

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InstanceReport:
    """One SDK instance with all its options. `id` stays the same as long as the workspace does.
    `devices_exact` says whether `devices` was counted and not estimated; `dropped` is what its page
    told of properties that were never sent."""

    id: str
    instance: Instance
    options: tuple[Resolved, ...]
    dropped: tuple[DroppedProperty, ...] = ()

    @property
    def differing(self) -> int:
        """How many options are not at their default."""
        return sum(one.differs is True for one in self.options)


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One project and the SDKs that send to it, the newest first. `id` is None for what names no
    project."""

    id: int | None
    vendor: str
    api_key: str
    name: str
    instances: tuple[InstanceReport, ...]


def sources(
    store: Store, configured: Configured | None = None, dropped: Found | None = None
) -> list[SourceReport]:
    """Everything, from what the study knows by now and what pages told."""
    db = store.connection
    named = {
        number: (vendor, key, name)
        for number, vendor, key, name in db.execute("SELECT id, vendor, api_key, name FROM sources")
    }
    first = db.execute("SELECT coalesce(min(id), 0) FROM captures").fetchone()[0]
    places: dict[tuple[int | None, str], Surroundings] = {}
    for source_id, place, state in db.execute(
        "SELECT source_id, place, state FROM study.sdk_places"
    ):
        places[source_id, place] = found = Surroundings()
        found.restore(json.loads(state))
    rows = [
        (key, source_id, Instance.load(state))
        for key, source_id, state in db.execute(
            "SELECT key, source_id, state FROM study.sdk_instances"
        )
    ]
    homes = _homes(rows)
    grouped: dict[int | None, list[InstanceReport]] = {}
    for key, source_id, instance in rows:
        is_homeless = source_id is None and instance.sdk.family is Family.EXPERIMENT
        home = homes.get(instance.place) if is_homeless else source_id
        around = _around(places, source_id, instance)
        told = (configured or {}).get((source_id, instance.place))
        options = tuple(_kept(one, first) for one in resolved(instance, around, told))
        lost = (dropped or {}).get((source_id, instance.place), ())
        grouped.setdefault(home, []).append(InstanceReport(key, instance, options, lost))
    return [_source(number, named, found) for number, found in sorted(
        grouped.items(), key=lambda item: (item[0] is None, item[0] or 0)
    )]  # fmt: skip


def exported(found: Iterable[SourceReport]) -> Json:
    """The same as JSON; the keys are documented in the README."""
    return {"sources": [_exported_source(one) for one in found]}


def exported_instance(report: InstanceReport) -> Json:
    """One instance as JSON."""
    instance, sdk = report.instance, report.instance.sdk
    return {
        "sdk": sdk.name,
        "version": sdk.version or None,
        "family": str(sdk.family),
        "build": sdk.build or None,
        "wrapper": sdk.wrapper or None,
        "library": sdk.library or None,
        "identified_by": sdk.because or "It says so in library.",
        "place": instance.place or None,
        "app_version": instance.app_version or None,
        "first_ms": instance.first_ms,
        "last_ms": instance.last_ms,
        "uploads": instance.uploads,
        "events": instance.events,
        "devices": instance.device_count,
        "devices_exact": len(instance.devices) < DEVICES,
        "options": [exported_option(one) for one in report.options],
        "dropped": [one._asdict() | {"sentence": one.sentence} for one in report.dropped],
    }


def exported_option(one: Resolved) -> Json:
    """One option as JSON."""
    return {
        "name": one.option.name,
        "group": str(one.option.group),
        "about": one.option.about,
        "value": one.value,
        "default": one.option.default,
        "differs": one.differs,
        "evidence": str(one.evidence),
        "confidence": str(one.confidence),
        "because": [{"text": text.text, "captures": list(text.captures)} for text in one.because],
        "withdrawn": list(one.withdrawn),
    }


def _exported_source(source: SourceReport) -> Json:
    return {
        "vendor": source.vendor,
        "api_key": source.api_key or None,
        "name": source.name or None,
        "instances": [exported_instance(one) for one in source.instances],
    }


def _homes(rows: Iterable[tuple[str, int | None, Instance]]) -> dict[str, int]:
    """The project of each page that belongs to one alone. A deployment of Experiment has a key
    that is not the project's; its page says whose it is."""
    found: dict[str, set[int]] = {}
    for _, source_id, instance in rows:
        if source_id is not None and instance.place and instance.sdk.family is not Family.OTHER:
            found.setdefault(instance.place, set()).add(source_id)
    return {place: next(iter(ids)) for place, ids in found.items() if len(ids) == 1}


def _around(
    places: Mapping[tuple[int | None, str], Surroundings], source_id: int | None, instance: Instance
) -> Surroundings | None:
    """What else came from its page. Requests of Experiment name no project, so that they are of
    all projects on that page."""
    own, homeless = places.get((source_id, instance.place)), places.get((None, instance.place))
    if homeless is None or not instance.place or not homeless.experiments[0]:
        return own
    found = own or Surroundings()
    found.experiments = homeless.experiments
    return found


def _source(
    number: int | None,
    named: dict[int, tuple[str, str, str]],
    found: list[InstanceReport],
) -> SourceReport:
    vendor, key, name = named.get(number or 0, ("", "", ""))
    found.sort(key=lambda one: (-one.instance.last_ms, one.id))
    return SourceReport(number, vendor, key, name, tuple(found))


def _kept(one: Resolved, first_capture: int) -> Resolved:
    """Without captures that were removed since."""
    if all(min(text.captures, default=first_capture) >= first_capture for text in one.because):
        return one
    because = tuple(
        replace(text, captures=tuple(at for at in text.captures if at >= first_capture))
        for text in one.because
    )
    return replace(one, because=because)
