"""
Who learns from the captures, in the order in which they are told.
"""

from app.lint.follower import Lint
from app.sdk.follower import SdkFollower
from app.study.follower import Follower
from app.study.groups import GroupsFollower
from app.study.labels import LabelFollower
from app.study.people import PeopleFollower
from app.study.properties import PropertiesFollower
from app.study.report import ReportFollower
from app.study.sessions import SessionsFollower


def make_followers() -> list[Follower]:
    """New ones, which have not begun."""
    people = PeopleFollower()
    return [
        people,
        PropertiesFollower(people),
        SessionsFollower(),
        GroupsFollower(),
        LabelFollower(),
        SdkFollower(),
        ReportFollower(),
        Lint(),
    ]
