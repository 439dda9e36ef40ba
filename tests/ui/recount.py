"""
What both pages have to say of some traffic, counted again from what `eventscope events` and
`eventscope uploads` print, by other means than the pages use.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
IDENTIFIES = {"$identify", "$groupidentify"}


@dataclass(frozen=True)
class Delivery:
    """The numbers of Ingestion."""

    uploads: list[Json]
    events: list[Json]

    def of(self, upload: Json) -> list[Json]:
        """The events of an upload, in their order there."""
        return [one for one in self.events if one["upload"] == upload["id"]]

    @property
    def taken(self) -> list[Json]:
        """Uploads that were answered with success."""
        return [one for one in self.uploads if one["status"] == 200]

    @property
    def legends(self) -> dict[str, str]:
        """What the legends of the three charts say, by the name of the series."""
        kinds = Counter(
            one["event_type"] in IDENTIFIES for upload in self.taken for one in self.of(upload)
        )
        words = {400: "400 bad request", 413: "413 too large", 429: "429 throttled"}
        refused = Counter(one["status"] for one in self.uploads if one["status"] != 200)
        return {
            "2xx": str(len(self.taken)),
            "Events": str(kinds[False]),
            "Identifies": str(kinds[True]),
        } | {words[status]: str(count) for status, count in refused.items()}

    @property
    def head(self) -> str:
        """What the head says."""
        share = (len(self.uploads) - len(self.taken)) / len(self.uploads)
        return f"{len(self.uploads)} requests  ·  {share:.1%} refused".replace("%", " %")

    @property
    def retries(self) -> list[tuple[str, ...]]:
        """Tries, answers, milliseconds and events of what was sent again, newest first."""
        chains: dict[int, list[Json]] = defaultdict(list)
        for one in self.uploads:
            chains[one["retry_of"] or one["id"]].append(one)
        again = sorted(
            (chain for chain in chains.values() if len(chain) > 1),
            key=lambda chain: -chain[-1]["id"],
        )
        return [
            (
                str(len(chain)),
                " → ".join(str(one["status"]) for one in chain),
                str(chain[-1]["received_ms"] - chain[0]["received_ms"]),
                str(chain[0]["events"]),
            )
            for chain in again
        ]

    @property
    def latencies(self) -> tuple[str, ...]:
        """Answers, median, 90 %, 95 %, 99 % and the longest, in milliseconds by nearest rank."""
        took = sorted(one["duration_ms"] for one in self.uploads)
        ranks = [-(-len(took) * percent // 100) for percent in (50, 90, 95, 99)]
        return tuple(map(str, (len(took), *(took[rank - 1] for rank in ranks), took[-1])))

    @property
    def lags(self) -> list[int]:
        """How many events waited for how long: before it happened, under 1 s, 10 s, a minute,
        10 minutes, an hour, a day, and more. The clocks of device and proxy are the same."""
        edges = (0, 1000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000)
        found = [0] * 8
        for one in self.events:
            sent = next(up for up in self.uploads if up["id"] == one["upload"])
            lag = sent["client_upload_ms"] - one["time_ms"]
            found[sum(edge <= lag for edge in edges)] += 1
        return found

    @property
    def sizes(self) -> list[tuple[str, ...]]:
        """Compression, uploads, bytes on the wire, bytes unpacked; most bytes first."""
        found: dict[str, list[Json]] = defaultdict(list)
        for one in self.uploads:
            found[one["compression"]].append(one)
        rows = [
            (name, len(ups), sum(one["wire_bytes"] for one in ups),
             sum(one["body_bytes"] for one in ups))
            for name, ups in found.items()
        ]  # fmt: skip
        return [tuple(map(str, row)) for row in sorted(rows, key=lambda row: -row[3])]


@dataclass(frozen=True)
class Somebody:
    """The numbers of one person."""

    events: list[Json]

    @property
    def blocks(self) -> list[list[Json]]:
        """Sessions, the one with the newest event first; events in them newest first."""
        sessions: dict[int, list[Json]] = defaultdict(list)
        for one in self.events:
            sessions[one["session_id"]].append(one)
        for session in sessions.values():
            session.sort(key=lambda one: (-one["time_ms"], -one["id"]))
        return sorted(sessions.values(), key=lambda found: -found[0]["time_ms"])

    @property
    def timeline(self) -> list[str]:
        """Sessions in brackets with how many events they have, identifies not being any, and then
        all that is in them."""
        found = []
        for block in self.blocks:
            kinds = [one["event_type"] for one in block]
            found += [f"[{sum(kind not in IDENTIFIES for kind in kinds)}]", *kinds]
        return found

    @property
    def devices(self) -> set[str]:
        """Their devices."""
        return {one["device_id"] for one in self.events}

    @property
    def properties(self) -> dict[str, Any]:
        """What `$set` of their identifies left."""
        found: dict[str, Any] = {}
        for one in self.events:
            found |= one["event"].get("user_properties", {}).get("$set", {})
        return found


def people(events: list[Json]) -> dict[str, Somebody]:
    """Whom the events belong to that count. What a device did before anybody logged in there
    belongs to the first who did."""
    outcomes = {one["id"]: one["outcome"] for one in events}
    counted = [
        one
        for one in events
        if one["outcome"] == "accepted" and outcomes.get(one["repeat_of"]) != "accepted"
    ]
    owners: dict[str, str] = {}
    for one in counted:
        if one["user_id"]:
            owners.setdefault(one["device_id"], one["user_id"])
    found: dict[str, list[Json]] = defaultdict(list)
    for one in counted:
        found[one["user_id"] or owners.get(one["device_id"]) or one["device_id"]].append(one)
    return {name: Somebody(theirs) for name, theirs in found.items()}
