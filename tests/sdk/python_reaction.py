"""
Sends given events with the real Python SDK and prints what the SDK makes of the answers: one JSON
object {insert_id, code} for each event that it is done with, in that order.

    python_reaction.py '{"apiKey": …, "serverUrl": …, "events": [{…}],
                         "queue": 10, "pause": 50, "wait": 6000}'
"""

import json
import os
import sys
import threading

from amplitude import Amplitude, BaseEvent, Config


def say(line: dict[str, object]) -> None:
    """One write for one line: the SDK calls back from several threads."""
    os.write(1, json.dumps(line).encode() + b"\n")


def main() -> None:
    given = json.loads(sys.argv[1])
    waited_for = {event["insert_id"] for event in given["events"]}
    done = threading.Event()

    def sent(event: BaseEvent, code: int, message: str | None = None) -> None:
        insert_id = event.get_event_body()["insert_id"]
        say({"insert_id": insert_id, "code": code})
        waited_for.discard(insert_id)
        if not waited_for:
            done.set()

    config = Config(
        flush_interval_millis=given["pause"], flush_queue_size=given["queue"], callback=sent
    )
    config.server_url = given["serverUrl"]
    client = Amplitude(given["apiKey"], config)
    for event in given["events"]:
        client.track(BaseEvent(**event))
    done.wait(given["wait"] / 1000)
    # Shutting down would send what waits; people kill processes, too.
    os._exit(0)


if __name__ == "__main__":
    main()
