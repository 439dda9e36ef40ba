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

from app.study.arrival import Arrival, Arrived
from app.study.follower import Follower
from app.study.running import Study
from app.study.tables import FILE, prepare

__all__ = ["FILE", "Arrival", "Arrived", "Follower", "Study", "prepare"]
