"""What holds files open and gives them back: closed at the end of a `with`."""

import types
from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """Something that `with` closes, also after an error."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.close()
