"""The tab with the user at an event's time says things as Amplitude calls them."""

from app.store.people import Snapshot
from ui.inspector.userthen import user_sections


def test_amplitudes_own_properties_have_the_names_that_people_know() -> None:
    after = {"@os_name": "ios", "@device_model": "iPhone", "@ip": "203.0.113.7", "plan": "pro"}
    snapshot = Snapshot(
        before={"@os_name": "ios"}, after=after, changed={"@ip": "203.0.113.7", "plan": "pro"}
    )
    changed, user, device = user_sections(snapshot, is_studied=True)
    assert [fact.name for fact in changed.facts] == ["IP address", "plan"]
    assert [fact.name for fact in user.facts] == ["plan"]
    assert [fact.name for fact in device.facts] == ["Device type", "IP address", "OS"]


def test_of_a_refused_event_it_is_told_what_was_known_before() -> None:
    event, user, device = user_sections(
        None, is_studied=True, known_before={"plan": "pro", "@os_name": "ios"}
    )
    assert [fact.value for fact in event.facts] == [
        "This event was refused, or sent before, and changed nothing."
    ]
    assert [(fact.name, fact.value) for fact in user.facts] == [("plan", "pro")]
    assert [(fact.name, fact.value) for fact in device.facts] == [("OS", "ios")]
    waits = user_sections(None, is_studied=False)
    assert [fact.value for one in waits for fact in one.facts] == [
        "Not looked at yet; it will be in a moment."
    ]
