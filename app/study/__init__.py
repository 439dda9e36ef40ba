"""
What the stored events mean together: who is who, what was known of them, sessions, and whatever
other followers learn. Every capture is read once, in order of arrival, when it is answered.

    Study(folder).catch_up()                 # reads what is new
    with Store.read(folder) as store:        # has all of it attached as the schema `study`
        store.connection.execute("SELECT person FROM study.placed WHERE id = ?", (event,))

Kept in `study.sqlite` beside the workspace, which can always be made again from it. The window
has it done by a process of its own (`python -m app.study`), commands do it themselves; whoever is
first works, the others find it done.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.store.studied import FILE
    from app.study.arrival import Arrival, Arrived
    from app.study.follower import Follower
    from app.study.running import Study

__all__ = ["FILE", "Arrival", "Arrived", "Follower", "Study"]

_PLACES = {
    "FILE": "app.store.studied",
    "Arrival": "app.study.arrival",
    "Arrived": "app.study.arrival",
    "Follower": "app.study.follower",
    "Study": "app.study.running",
}


def __getattr__(name: str) -> Any:
    """What is asked for, and no more: the window reads a few constants of followers, and would
    otherwise load all of them and what they stand on."""
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(_PLACES[name]), name)
