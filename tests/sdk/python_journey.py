"""
Somebody at one device, through the real Python SDK: a visit, a login, a logout, a second person who
logs in, and the first one again at another device that was anonymous before.

    python_journey.py API_KEY SERVER_URL
"""

import sys
import threading
from collections.abc import Mapping

from amplitude import Amplitude, BaseEvent, Config, EventOptions, Identify

ADA, BOB = {"user_id": "ada-lovelace"}, {"user_id": "bob-builder"}
DESK, PHONE = {"device_id": "desk-device"}, {"device_id": "phone-device"}
FIRST, SECOND, OUT = 1_795_281_104_000, 1_795_284_704_000, -1
STEPS: tuple[tuple[str, dict[str, str], int], ...] = (
    ("Landing", {**DESK}, FIRST),
    ("Login", {**DESK, **ADA}, FIRST),
    ("$plan", {**DESK, **ADA}, FIRST),
    ("Logged Out", {**DESK}, FIRST),
    ("Login", {**DESK, **BOB}, SECOND),
    ("Push Received", {**PHONE}, OUT),
    ("Login", {**PHONE, **ADA}, SECOND),
)


def main() -> None:
    answered = threading.Event()
    codes: list[int] = []

    def sent(_event: BaseEvent, code: int, _message: str | None = None) -> None:
        codes.append(code)
        answered.set()

    config = Config(flush_interval_millis=50, callback=sent)
    config.server_url = sys.argv[2]
    client = Amplitude(sys.argv[1], config)
    for at, (kind, ids, session) in enumerate(STEPS):
        how: Mapping[str, object] = {**ids, "session_id": session, "time": FIRST + at * 1000}
        answered.clear()
        if kind == "$plan":
            client.identify(Identify().set("plan", "pro"), EventOptions(**how))
        else:
            client.track(BaseEvent(kind, **how))
        client.flush()
        # One after the other: people follow the order of arrival.
        if not answered.wait(100):
            sys.exit("the SDK did not report an event as sent")
    client.shutdown()
    if codes != [200] * len(STEPS):
        sys.exit(f"not everything was taken: {codes}")


if __name__ == "__main__":
    main()
