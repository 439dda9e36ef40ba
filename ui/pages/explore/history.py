"""
Undo and redo of what a chart is about.
"""

MOST = 200


class History[T]:
    """Definitions in the order in which they came, and which one is shown."""

    def __init__(self, first: T) -> None:
        self._all = [first]
        self._at = 0

    @property
    def current(self) -> T:
        """What is shown."""
        return self._all[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there was something before."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return self._at + 1 < len(self._all)

    def put(self, one: T, *, over: bool = False) -> None:
        """Something else is shown now; what was undone is forgotten. `over` puts it in the place
        of what was shown, as one types letter by letter."""
        if one == self.current:
            return
        at = self._at if over and self._at > 0 else self._at + 1
        self._all = [*self._all[:at], one][-MOST:]
        self._at = len(self._all) - 1

    def undo(self) -> T:
        """Show what was before."""
        self._at = max(0, self._at - 1)
        return self.current

    def redo(self) -> T:
        """Show what was undone."""
        self._at = min(len(self._all) - 1, self._at + 1)
        return self.current
