"""
Errors that a person can do something about. Anything else that is raised is a bug.

    AppError                 a sentence for a person and, if there is one, the next step
    ├── BadInput             what was given cannot be used (a file, a setting, an argument)
    ├── StoreUnavailable     the workspace cannot be opened, read or written
    │   └── StoreFull        nothing more can be written: disk full or quota reached
    └── CaptureUnavailable   the capture process cannot do its work
"""

IN_USE = "is in use by another Eventscope"
"""What the sentence of a workspace that somebody else captures into says. The window knows by it
that nothing is broken."""


class AppError(Exception):
    """Carries `sentence`, fit for the window and for stderr, and an optional `hint`."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


class BadInput(AppError):
    """What was given cannot be used."""


class StoreUnavailable(AppError):
    """The workspace cannot be opened, read or written."""


class StoreFull(StoreUnavailable):
    """Nothing more can be written."""


class CaptureUnavailable(AppError):
    """The capture process cannot do its work."""
