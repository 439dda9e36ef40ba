"""
Long work in Python that can be given up: the engine is interrupted by itself, loops are not.
"""

from collections.abc import Callable, Iterable, Iterator

type GoOn = Callable[[], None]
"""Raises `Interrupted` when the question was given up."""
BETWEEN = 1000
"""After so many things a loop looks: often enough to end at once, and nothing beside the work."""


def always() -> None:
    """For questions that nobody gives up."""


def watched[T](things: Iterable[T], go_on: GoOn) -> Iterator[T]:
    """The same things, until the question is given up."""
    for number, one in enumerate(things):
        if number % BETWEEN == 0:
            go_on()
        yield one
