"""
The command line (design §5), and the only module that may reach window and capture process.

Exit status: 0 done, 1 a failure said in one sentence on stderr, 2 wrong usage.
Each command imports what it needs, because the window should be there at once.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from app import __version__, paths
from app.arguments import (
    CHART_HELP,
    add_capture_arguments,
    add_chart_arguments,
    add_label_arguments,
)
from app.errors import AppError
from app.links import SCHEME, parse_link
from app.output import give_up_output

DEMO_EVENTS = 20_000
MOST_EVENTS = 10_000_000
_SEARCHED = "\0"
"""In front of what is searched for; no argument can hold this sign."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed by whoever started us, or there is no terminal at all.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    words = list(sys.argv[1:] if argv is None else argv)
    # Not an argument of the parser's: it would stand where a command stands.
    links = [word for word in words if word.startswith(SCHEME)]
    parser = _parser()
    if words[:1] == ["--"]:
        # From the desktop, which cannot know what is in a link.
        if words[1:] != links[:1]:
            parser.error("after -- there is one link to an event, and nothing else")
        words = links
    given = parser.parse_args(_with_minus([word for word in words if word not in links]))
    run: Callable[[argparse.Namespace], int] = given.run
    try:
        given.link = parse_link(links[0]) if links else None
        return run(given)
    except AppError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read us has enough (`| head`); what is still buffered has nowhere to go.
        give_up_output()
        return 0


def _with_minus(words: list[str]) -> list[str]:
    """Words that the parser takes for a search where they follow `users`: `-plan=pro` is nobody's
    option there."""
    if "users" not in words:
        return words
    at = words.index("users")
    is_search = re.compile(r"-(?!-|h$).").match
    return words[:at] + [_SEARCHED + word if is_search(word) else word for word in words[at:]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="eventscope",
        description="See what your Amplitude SDKs really send. Without a command: the window; with"
        " a link to an event (eventscope://event/…): the window with that event.",
    )
    parser.add_argument("--version", action="version", version=f"eventscope {__version__}")
    parser.set_defaults(run=_window, workspace=None)
    _workspace(parser)
    commands = parser.add_subparsers(metavar="COMMAND")

    demo = commands.add_parser("demo", help="the window with believable data and a small shop")
    demo.add_argument("--events", type=_count, default=DEMO_EVENTS, metavar="N")
    demo.add_argument("--fill", type=Path, metavar="DIR", help="only write the data, no window")
    demo.set_defaults(run=_demo)

    capture = commands.add_parser("capture", help="capture without a window")
    add_capture_arguments(capture)
    capture.set_defaults(run=_capture)

    events = commands.add_parser("events", help="print stored events, one a line")
    _workspace(events)
    events.add_argument("--filter", default="", metavar="TEXT", help='such as type:"Page Viewed"')
    events.add_argument("--format", choices=("json", "csv"), default="json")
    events.set_defaults(run=_command("events"))

    uploads = commands.add_parser("uploads", help="print stored uploads, one a line")
    _workspace(uploads)
    uploads.add_argument("--format", choices=("json",), default="json")
    uploads.add_argument(
        "--summary", action="store_true", help="print the numbers of the Ingestion page instead"
    )
    uploads.add_argument("--frame", choices=("5m", "1h", "1d", "1w", "all"), default="all")
    uploads.set_defaults(run=_command("uploads"))

    captures = commands.add_parser("captures", help="print every exchange and what it is")
    _workspace(captures)
    captures.set_defaults(run=_command("captures"))

    sdks = commands.add_parser("sdks", help="print SDKs and their options with evidence")
    _workspace(sdks)
    sdks.set_defaults(run=_command("sdks"))

    problems = commands.add_parser("problems", help="print what is wrong, one finding a line")
    _workspace(problems)
    problems.add_argument(
        "--fail-on",
        choices=("error", "warning"),
        help="exit with 1 when there is a problem that is at least this bad and not muted",
    )
    problems.set_defaults(run=_command("problems"))

    chart = commands.add_parser(
        "chart",
        help="answer a chart's definition, as JSON",
        epilog=CHART_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _workspace(chart)
    chart.set_defaults(run=_chart)
    add_chart_arguments(chart)

    users = commands.add_parser("users", help="find people; with one match, everything about them")
    _workspace(users)
    users.add_argument("search", nargs="*", metavar="SEARCH",
                       help='an id, a value, plan=pro, did:"Order Completed"@7d')  # fmt: skip
    users.add_argument("--limit", type=_count, default=1000, metavar="N")
    users.set_defaults(run=_users)

    imported = commands.add_parser(
        "import", help="read HAR, bodies, events, exports, flows, bundles"
    )
    _workspace(imported)
    imported.add_argument("files", nargs="+", type=Path, metavar="FILE")
    imported.set_defaults(run=_import)

    label = commands.add_parser("label", help="labeled events: list, match, suggest, add, …")
    add_label_arguments(label)
    label.set_defaults(run=_command("labels"))
    return parser


def _workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", type=Path, metavar="DIR", default=argparse.SUPPRESS)


def leave_garbage() -> None:
    """Do not look for garbage while the window is made; its own collector takes over when it is
    there (`ui.collector`)."""
    import gc

    gc.disable()


def _window(given: argparse.Namespace) -> int:
    leave_garbage()
    from ui.__main__ import main as window

    return window(sys.argv[:1], workspace=_folder(given), link=given.link)


def _demo(given: argparse.Namespace) -> int:
    import tempfile

    from app.demo import fill

    if given.fill:
        print(f"{fill(given.fill, given.events)} events in {given.fill}")
        return 0
    from ui.__main__ import main as window

    with tempfile.TemporaryDirectory(
        prefix="eventscope-demo-", ignore_cleanup_errors=True
    ) as folder:
        fill(Path(folder), given.events)
        return window(sys.argv[:1], demo=True, workspace=Path(folder))


def _capture(given: argparse.Namespace) -> int:
    from proxy.__main__ import run

    return run(given)


def _chart(given: argparse.Namespace) -> int:
    from app.query.command import run_chart

    return run_chart(given, _folder(given))


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """A command of `app.commands`."""

    def run(given: argparse.Namespace) -> int:
        status: int = import_module(f"app.commands.{name}").run(given, _folder(given))
        return status

    return run


def _users(given: argparse.Namespace) -> int:
    given.search = [word.removeprefix(_SEARCHED) for word in given.search]
    return _command("users")(given)


def _import(given: argparse.Namespace) -> int:
    from app.commands.importing import run

    return run(given, _folder(given), _flows)


def _flows(file: Any, skipped: Any) -> Any:
    from proxy.flows import flow_captures

    return flow_captures(file, skipped)


def _folder(given: argparse.Namespace) -> Path:
    folder: Path = given.workspace or paths.default_workspace()
    return folder.expanduser().absolute()


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_EVENTS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_EVENTS} is needed")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
