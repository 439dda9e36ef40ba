"""
`python -m proxy` and `eventscope capture`: arguments in, exit status out.
"""

import argparse
import asyncio
import sys

from app import paths
from app.arguments import add_capture_arguments
from app.errors import AppError
from app.hosts import parse_upstream
from app.ingest.faults import Faults
from app.ingest.rules import rule_book
from app.logs import log_as_json
from app.model import Delivery
from app.settings import (
    CAP_MB,
    DELIVERY,
    ENDPOINT_PORT,
    HOSTS,
    INGESTION,
    NETWORK,
    PROXY_PORT,
    UPSTREAM,
    Settings,
)
from proxy.config import Config, State
from proxy.service import checked_hosts, serve


def run(arguments: argparse.Namespace) -> int:
    """Capture until stopped; 0 when everything is committed, 1 with a sentence on stderr."""
    log_as_json()
    try:
        config, state = _configured(arguments)
        asyncio.run(serve(config, state))
    except AppError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def main() -> int:
    """Entry of `python -m proxy`."""
    parser = argparse.ArgumentParser(prog="python -m proxy", description=__doc__)
    add_capture_arguments(parser)
    return run(parser.parse_args())


def _configured(given: argparse.Namespace) -> tuple[Config, State]:
    settings = Settings(paths.settings_file())
    paths.private_dir(paths.home())
    upstream, upstream_path = parse_upstream(given.endpoint_upstream or settings.get(UPSTREAM))
    config = Config(
        workspace=(given.workspace or paths.default_workspace()).expanduser().absolute(),
        authority=paths.authority_dir().absolute(),
        proxy_port=_first(given.proxy_port, settings.get(PROXY_PORT)),
        endpoint_port=_first(given.endpoint_port, settings.get(ENDPOINT_PORT)),
        upstream=upstream,
        upstream_path=upstream_path,
        network=settings.get(NETWORK) if given.network is None else given.network,
    )
    state = State(
        delivery=Delivery(given.delivery or settings.get(DELIVERY)),
        cap_bytes=_first(given.cap_mb, settings.get(CAP_MB)) << 20,
        hosts=checked_hosts(settings.get(HOSTS) if given.host is None else given.host),
        faults=Faults(given.fault),
        rules=rule_book(settings.get(INGESTION)),
    )
    return config, state


def _first(given: int | None, otherwise: int) -> int:
    return otherwise if given is None else given


if __name__ == "__main__":
    sys.exit(main())
