"""
Sends given events with the real Python SDK and prints what the SDK makes of the answers: one JSON
object {insert_id, code} for each event that it is done with, in that order. It ends when it is done
with all, or `wait` ms after standard input ended.

    python_reaction.py '{"apiKey": …, "serverUrl": …, "events": [{…}],
                         "queue": 10, "pause": 50, "wait": 500}'
"""

import json
import os
import sys
import threading

from amplitude import Amplitude, BaseEvent, Config


def say(line: dict[str, object]) -> None:
    """One write for one line: the SDK calls back from several threads."""
    os.write(1, json.dumps(line).encode() + b"\n")


def end_when_told(done: threading.Event, wait_s: float) -> None:
    """Once nobody has anything to say any more."""
    sys.stdin.read()
    done.wait(wait_s)
    done.set()


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
    threading.Thread(target=end_when_told, args=(done, given["wait"] / 1000), daemon=True).start()
    done.wait()
    # Shutting down would send what waits; people kill processes, too.
    os._exit(0)


if __name__ == "__main__":
    main()
