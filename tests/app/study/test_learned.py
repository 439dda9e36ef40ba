"""The tables that the store declares are those that the followers fill."""

from app.store.learned import ALL
from app.study.followers import make_followers


def test_every_follower_keeps_what_is_declared_in_its_order() -> None:
    followers = [(one.name, one.version, one.tables) for one in make_followers()]
    assert [(one.name, one.version, one.tables) for one in ALL] == followers
