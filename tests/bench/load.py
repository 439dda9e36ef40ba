"""
A load generator that costs little: keep-alive sockets and one prepared request, a process apart.

    python -m tests.bench.load HOST PORT CONNECTIONS SECONDS    prints one JSON object
"""

import itertools
import json
import random
import selectors
import socket
import sys
import time
import uuid

EVENTS = 30
BODIES = 64
STAMP = b"--stamp-"
"""Stands in every insert id for the number of the upload: events that were sent before would be
duplicates, which is not what is measured."""


def body(rng: random.Random, events: int = EVENTS) -> bytes:
    """One upload like a browser's: one person, thirty events of some 700 bytes."""
    user, device = f"user-{rng.randrange(5000):05d}", str(uuid.UUID(int=rng.getrandbits(128)))
    page = f"https://shop.example.com/product/{rng.randrange(500)}"
    return json.dumps(
        {
            "api_key": "0123456789abcdef0123456789abcdef",
            "events": [
                {
                    "user_id": user,
                    "device_id": device,
                    "session_id": 1795281104973,
                    "time": 1795281104973 + n,
                    "platform": "Web",
                    "language": "en-US",
                    "ip": "$remote",
                    "insert_id": STAMP.decode() + str(uuid.UUID(int=rng.getrandbits(128)))[8:],
                    "event_type": rng.choice(("Product Viewed", "Add to Cart", "Checkout")),
                    "event_properties": {
                        "[Amplitude] Page Domain": "shop.example.com",
                        "[Amplitude] Page Location": page,
                        "[Amplitude] Page Path": "/product",
                        "[Amplitude] Page Title": "Product",
                        "[Amplitude] Page URL": page,
                        "price": rng.random() * 100,
                        "sku": f"SKU-{rng.randrange(100_000):06d}",
                    },
                    "event_id": n,
                    "library": "amplitude-ts/2.48.1",
                    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "
                    "(KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
                }
                for n in range(events)
            ],
            "options": {},
            "client_upload_time": "2026-11-21T17:11:46.155Z",
        },
        separators=(",", ":"),
    ).encode()


def request(content: bytes) -> bytes:
    """The bytes of one POST."""
    head = (
        "POST /2/httpapi HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


_numbers = itertools.count(time.time_ns() // 1000 & 0x7FFFFFFF)


class Client:
    """One connection that always has one request on its way."""

    def __init__(self, address: tuple[str, int], requests: list[bytes], offset: int) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._next = offset
        self._received = b""
        self.latencies: list[float] = []

    def send(self) -> None:
        """Send the next request."""
        self._next = (self._next + 1) % len(self._requests)
        content = self._requests[self._next].replace(STAMP, b"%08x" % next(_numbers))
        self._sent = time.perf_counter()
        self.socket.sendall(content)

    def receive(self) -> bool:
        """Read; true when a whole answer is there. Raises ConnectionError for anything but 200."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed")
        self._received += chunk
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(rest) < length:
            return False
        if b" 200 " not in head[:20]:
            raise ConnectionError(head.decode())
        self._received = b""
        self.latencies.append(time.perf_counter() - self._sent)
        return True


def run(address: tuple[str, int], connections: int, seconds: float) -> list[float]:
    """Keep `connections` busy for some seconds; returns all latencies."""
    rng = random.Random(7)
    requests = [request(body(rng)) for _ in range(BODIES)]
    clients = [Client(address, requests, n * 7) for n in range(connections)]
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(0.1):
            if key.data.receive():
                key.data.send()
    for client in clients:
        client.socket.close()
    return [latency for client in clients for latency in client.latencies]


def main() -> None:
    """Entry of the load process."""
    host, port, connections, seconds = sys.argv[1:]
    started = time.perf_counter()
    latencies = sorted(run((host, int(port)), int(connections), float(seconds)))
    elapsed = time.perf_counter() - started
    print(
        json.dumps(
            {
                "requests": len(latencies),
                "seconds": elapsed,
                "p50": latencies[len(latencies) // 2],
                "p99": latencies[len(latencies) * 99 // 100],
            }
        )
    )


if __name__ == "__main__":
    main()
