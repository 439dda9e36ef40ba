"""
Observers: each learns one thing about an SDK instance from the uploads that it sends.
"""

from app.sdk.observe.address import AddressObserver
from app.sdk.observe.autocapture import AutocaptureObserver
from app.sdk.observe.cookie import CookieObserver
from app.sdk.observe.flushing import FlushingObserver
from app.sdk.observe.observer import Observer, Seen
from app.sdk.observe.replay import ExperimentObserver, ReplayObserver
from app.sdk.observe.retries import RetryObserver
from app.sdk.observe.sessions import SessionObserver
from app.sdk.observe.stamps import StampsObserver
from app.sdk.observe.surroundings import Surroundings
from app.sdk.observe.tracking import TrackingObserver
from app.sdk.observe.transport import TransportObserver

__all__ = ["ExperimentObserver", "Observer", "ReplayObserver", "Seen", "Surroundings", "observers"]


def observers() -> dict[str, Observer]:
    """New ones, by the name under which they are kept."""
    return {
        "address": AddressObserver(),
        "stamps": StampsObserver(),
        "transport": TransportObserver(),
        "flushing": FlushingObserver(),
        "sessions": SessionObserver(),
        "tracking": TrackingObserver(),
        "autocapture": AutocaptureObserver(),
        "retries": RetryObserver(),
        "cookie": CookieObserver(),
    }
