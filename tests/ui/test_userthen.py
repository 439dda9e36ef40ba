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
