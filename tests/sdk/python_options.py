"""
Drives the real Python SDK with options of its own: a few events far apart, then many at once, and
again until standard input ends. Says when a round is over.

    python_options.py API_KEY OPTIONS_JSON
"""

import json
import sys
import threading
import time

from amplitude import Amplitude, BaseEvent, Config, IngestionMetadata, Plan


def main() -> None:
    options = json.loads(sys.argv[2])
    if "plan" in options:
        options["plan"] = Plan(**options["plan"])
    if "ingestion_metadata" in options:
        options["ingestion_metadata"] = IngestionMetadata(**options["ingestion_metadata"])
    client = Amplitude(sys.argv[1], Config(**options))

    def track(name: str) -> None:
        client.track(BaseEvent(name, user_id="py-user-1", device_id="py-device-1",
                               time=time.time_ns() // 1_000_000))  # fmt: skip

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    pause = options["flush_interval_millis"] / 1000
    while not over.is_set():
        for number in range(5):
            track(f"Slow {number}")
            over.wait(pause * 1.5 + 0.15)
        for burst in range(3):
            for number in range(20):
                track(f"Quick {burst} {number}")
            over.wait(pause + 0.5)
        print("round", flush=True)
    client.shutdown()


if __name__ == "__main__":
    main()
