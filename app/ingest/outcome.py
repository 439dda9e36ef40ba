"""
What the server's answer says of an upload's events.
"""

from app.model import Capture, Outcome


def outcome_of(capture: Capture) -> Outcome:
    """The outcome of all events of an exchange, by its status."""
    if capture.response is None:
        return Outcome.UNANSWERED
    status = capture.response.status
    if 200 <= status < 300:
        return Outcome.ACCEPTED
    if status == 429:
        return Outcome.THROTTLED
    if 400 <= status < 500 and status != 408:
        return Outcome.REJECTED
    # Nobody knows whether a 5xx was accepted; SDKs send again.
    return Outcome.UNANSWERED
