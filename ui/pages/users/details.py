"""
Details: with what a person's events were sent, groups, variants they saw, recorded sessions.
"""

from collections.abc import Sequence

from app.store.people.profile import Exposure, Profile
from ui.inspector.facts import Fact, Section
from ui.plain import local_time, plural

_TITLES = {
    "sdk": "SDKs",
    "version": "Versions",
    "platform": "Platforms",
    "os": "Operating systems",
    "device": "Device types",
    "country": "Countries",
    "city": "Cities",
    "language": "Languages",
    "group": "Groups",
}
_MEMBER = {True: "member", False: "not a member", None: "being asked …"}
MOST_SESSIONS = 200


def sections(
    profile: Profile, cohorts: Sequence[tuple[str, bool | str | None]] = ()
) -> tuple[Section, ...]:
    """Everything that was counted, by headings; and in which cohorts the person is: None is not
    known yet, a text says why it cannot be known."""
    person = profile.person
    about = [
        Fact("First seen", local_time(person.first_ms), is_ours=True),
        Fact("Last seen", local_time(person.last_ms), is_ours=True),
        Fact("Events", f"{person.events:,}, identifies too", is_ours=True),
        Fact("Sessions", f"{profile.sessions:,}", is_ours=True),
        Fact("Project", person.project, is_ours=True),
    ]
    found = [Section("Activity", tuple(about))]
    found.append(Section("Experiments and flags", tuple(map(_exposure, profile.exposures))))
    found.append(
        Section(
            "Cohorts",
            tuple(Fact(name, _member(is_in), is_ours=True) for name, is_in in cohorts),
        )
    )
    found += [
        Section(
            title,
            tuple(
                Fact(one.value or "(empty)", plural(one.events, "event"), is_ours=True)
                for one in profile.of_facet(facet)
            ),
        )
        for facet, title in _TITLES.items()
    ]
    recorded = tuple(
        Fact(local_time(session), str(session), is_ours=True)
        for session in profile.replays[:MOST_SESSIONS]
    )
    found.append(Section("Recorded sessions", recorded))
    return tuple(section for section in found if section.facts)


def _member(is_in: bool | str | None) -> str:
    return f"cannot be asked: {is_in}" if isinstance(is_in, str) else _MEMBER[is_in]


def _exposure(one: Exposure) -> Fact:
    since = "" if one.first_ms is None else f", first {local_time(one.first_ms)[:16]}"
    experiment = f", experiment {one.experiment}" if one.experiment else ""
    text = f"{one.variant or 'no variant'}  ({plural(one.times, 'time')}{since}{experiment})"
    return Fact(one.flag, text, is_ours=True)
