"""
Who learns from the captures, in the order in which they are told.
"""

from app.lint.follower import Lint
from app.sdk.follower import SdkFollower
from app.study.addresses import AddressesFollower
from app.study.doing import DoingFollower
from app.study.fields import FieldsFollower
from app.study.follower import Follower
from app.study.groups import GroupsFollower
from app.study.labels import LabelFollower
from app.study.people import PeopleFollower
from app.study.properties import PropertiesFollower
from app.study.report import ReportFollower
from app.study.revenues import RevenuesFollower
from app.study.sessions import SessionsFollower
from app.study.values import ValuesFollower


def make_followers() -> list[Follower]:
    """New ones, which have not begun."""
    people = PeopleFollower()
    properties = PropertiesFollower(people)
    return [
        people,
        properties,
        ValuesFollower(people, properties),
        SessionsFollower(),
        GroupsFollower(),
        DoingFollower(),
        AddressesFollower(),
        FieldsFollower(),
        RevenuesFollower(),
        LabelFollower(),
        SdkFollower(),
        ReportFollower(),
        Lint(),
    ]
