"""
Drives the real Python SDK and prints what the SDK says it sent, one JSON object a line.

    python_driver.py API_KEY [SERVER_URL]
"""

import json
import os
import sys
import threading

from amplitude import (
    Amplitude,
    BaseEvent,
    Config,
    EventOptions,
    Identify,
    Revenue,
)

EXPECTED = 5


def say(line: dict[str, object]) -> None:
    """One write for one line: the SDK calls back from several threads."""
    os.write(1, json.dumps(line).encode() + b"\n")


def main() -> None:
    done = threading.Event()
    seen = []

    def sent(event: BaseEvent, code: int, message: str | None = None) -> None:
        seen.append(1)
        say({"code": code, "event": event.get_event_body()})
        if len(seen) == EXPECTED:
            done.set()

    config = Config(flush_interval_millis=100, min_id_length=3, callback=sent)
    if len(sys.argv) > 2:
        config.server_url = sys.argv[2]
    client = Amplitude(sys.argv[1], config)
    who = {"user_id": "py-user-1", "device_id": "py-device-1", "session_id": 1795281104973}
    properties = {"price": 9.5, "nested": {"list": [1, "zwei"]}}
    client.track(BaseEvent("Py Event", event_properties=properties, **who))
    client.track(BaseEvent("Ünïcödé 🎉 <b>event</b>", event_properties={"t": 'a"b\\c\nd'}, **who))
    identify = Identify()
    identify.set("plan", "pro").set_once("first", "today").add("visits", 1)
    client.identify(identify, EventOptions(**who))
    group = Identify()
    group.set("size", 12)
    client.group_identify("org", "acme", group, EventOptions(**who))
    client.revenue(Revenue(price=3.99, quantity=2, product_id="p-1"), EventOptions(**who))
    client.flush()
    if not done.wait(100):
        sys.exit("the SDK did not report all events as sent")
    client.shutdown()


if __name__ == "__main__":
    main()
