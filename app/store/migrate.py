"""
Brings a workspace file up to date: the steps of `schema`, applied once each by sqlite-utils.

A module of its own, because only the writer needs it and importing sqlite-utils takes longer
than opening the window.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from app.store.schema import STEPS

NAME = "eventscope"


def update(connection: sqlite3.Connection) -> None:
    """Apply the steps that the file does not have yet, each in a transaction."""
    migrations = Migrations(NAME)
    for name, statements in STEPS.items():
        _add(migrations, name, statements)
    migrations.apply(Database(connection))


def _add(migrations: Migrations, name: str, statements: tuple[str, ...]) -> None:
    @migrations(name=name)
    def step(db: Database) -> None:
        for statement in statements:
            db.execute(statement)
