"""
Where things live. The only module that knows the platform's folders.

`EVENTSCOPE_HOME` moves everything (settings, certificate authority, default workspace, logs)
into one folder, which tests and portable installations use.
"""

import os
from pathlib import Path

from app.errors import StoreUnavailable


def home() -> Path:
    """The folder that holds everything of ours; not created here."""
    override = os.environ.get("EVENTSCOPE_HOME")
    if override:
        return Path(override).expanduser()
    # Only imported where it is asked: it takes longer than anything else in this module.
    import platformdirs

    return Path(platformdirs.user_data_dir("Eventscope", appauthor=False))


def settings_file() -> Path:
    """The JSON file of settings."""
    return home() / "settings.json"


def authority_dir() -> Path:
    """Our certificate authority: mode 0700, made private by `private_dir`."""
    return home() / "authority"


def default_workspace() -> Path:
    """The workspace folder that is used when none is named."""
    return home() / "workspace"


def log_file() -> Path:
    """One log for both processes."""
    return home() / "eventscope.log"


def private_dir(path: Path) -> Path:
    """Make `path` if needed, readable by its owner only; a folder that is there already keeps the
    mode that its owner gave it. Raises StoreUnavailable."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnavailable(
            f"The folder {path} cannot be used: {error.strerror or error}.",
            "Choose another with --workspace or EVENTSCOPE_HOME.",
        ) from error
    return path
