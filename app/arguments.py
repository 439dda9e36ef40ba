"""
Arguments of commands: of a capture, shared by `eventscope capture` and `python -m proxy`, and of
charts.
"""

import argparse
from pathlib import Path

from app.delivery import Delivery
from app.errors import BadInput

SQL_DIALECTS = ("duckdb", "snowflake", "bigquery", "clickhouse", "spark", "postgres")
"""What a chart's SQL can be said in."""
MOST_NUMBER = (1 << 63) - 1
"""The largest that SQLite numbers rows with."""
POINT_ACTIONS = (
    "menu",
    "zoom",
    "filter",
    "exclude",
    "journeys",
    "streams",
    "users",
    "download",
    "cohort",
    "drivers",
    "uploads",
    "annotation",
    "release",
    "groups",
    "group_download",
    "group_cohort",
)
"""What can be done with a point of a chart."""


def add_capture_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of a capture; without one, the setting counts."""
    parser.add_argument("--workspace", type=Path, metavar="DIR", help="where events are stored")
    parser.add_argument("--proxy-port", type=_port, metavar="N", help="0: any free port")
    parser.add_argument("--endpoint-port", type=_port, metavar="N", help="0: any free port")
    parser.add_argument(
        "--network",
        action=argparse.BooleanOptionalAction,
        help="whether other devices in the local network can connect; without it only this machine",
    )
    parser.add_argument("--delivery", choices=[str(mode) for mode in Delivery])
    parser.add_argument(
        "--endpoint-upstream", metavar="URL", help="the ingestion host behind the endpoint"
    )
    parser.add_argument(
        "--host", action="append", metavar="HOST", help="a further host to open; repeatable"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="KIND[=VALUE][@SHARE][#COUNT][,CONDITION…]",
        help="let uploads fail, such as 500#2, 429@0.5 or latency=800; repeatable",
    )
    parser.add_argument("--cap-mb", type=_megabytes, metavar="N", help="size cap of the workspace")


def add_label_arguments(parser: argparse.ArgumentParser) -> None:
    """What `eventscope label` can do, and what each of it needs."""
    does = parser.add_subparsers(metavar="ACTION", dest="does", required=True)
    workspace = argparse.ArgumentParser(add_help=False)
    workspace.add_argument("--workspace", type=Path, metavar="DIR", default=argparse.SUPPRESS)

    def action(name: str, said: str) -> argparse.ArgumentParser:
        return does.add_parser(name, help=said, parents=[workspace])

    action("list", "all labeled events with counts and health")
    match = action("match", "the events that one counts")
    match.add_argument("name", nargs="?", help="of a labeled event; or ask without saving:")
    _add_values(match)
    suggest = action("suggest", "labeled events for the element of a stored event")
    suggest.add_argument("event", type=_event, metavar="EVENT", help="its id")
    suggest.add_argument("--group", action="store_true", help="all elements like it")
    add = action("add", "save one")
    add.add_argument("name", nargs="?")
    add.add_argument("--file", type=Path, metavar="FILE", help="a labeled event as JSON")
    _add_values(add)
    given = action("import", "labeled events of Amplitude's form, or of ours")
    given.add_argument("file", type=Path, metavar="FILE")
    given.add_argument("--strict", action="store_true", help="all entries of the file or none")
    export = action("export", "all, in Amplitude's form")
    export.add_argument("--ours", action="store_true", help="in our own form, without loss")


def _add_values(parser: argparse.ArgumentParser) -> None:
    kinds = ("clicked", "changed", "rage_clicked", "dead_clicked", "error_clicked")
    parser.add_argument("--action", choices=kinds, default="clicked")
    for name, said in (
        ("selector", "CSS that the element, or one around it, matches"),
        ("tag", "such as button"),
        ("text", "the whole text"),
        ("href", "the whole address of a link"),
        ("page", "the page's address, * for any text"),
    ):
        parser.add_argument(f"--{name}", default="", metavar="TEXT", help=said)


def _port(text: str) -> int:
    return _number(text, 0, 65535)


def _fault(text: str) -> str:
    # Imported when there is one: the window should be there at once.
    from app.ingest.faults import parse_fault

    try:
        return parse_fault(text).text
    except BadInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _megabytes(text: str) -> int:
    return _number(text, 1, 1 << 40)


def _event(text: str) -> int:
    return _number(text, 1, MOST_NUMBER)


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"a number from {least} to {most} is needed")
    return int(text)


CHART_HELP = """\
A definition is one JSON object; the README describes every key, and a mistake is answered with its
place. Some to begin with:

  {"events": ["Checkout"]}
  {"events": [{"event": "Search", "by": ["query"]}], "measure": "totals", "interval": "hour",
   "range": {"last": 1, "unit": "day"}}
  {"events": ["Sign Up", "Visit"], "formula": "%: UNIQUES(A)/UNIQUES(B)"}
  {"kind": "funnel", "steps": ["Visit", "Sign Up"], "window_s": 3600, "show": "time_to_convert"}
  {"kind": "journeys", "start": "Visit", "levels": 4}

--point names a place in the answer: {"bucket": 6}, {"step": 2, "converted": false},
{"way": ["Visit", "Sign Up"]}; --action menu lists what it offers.
"""


def add_chart_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `eventscope chart`."""
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "definition", metavar="DEFINITION.json", nargs="?", help="a file, or - for input"
    )
    asked.add_argument(
        "--marks", action="store_true", help="print annotations and releases instead"
    )
    parser.add_argument("--zone", default="UTC", help="time zone, such as Europe/Berlin")
    parser.add_argument("--now", type=int, metavar="MS", help="what counts as now, in ms")
    parser.add_argument("--week-start", type=int, choices=range(1, 8), default=1, metavar="DAY")
    parser.add_argument(
        "--quarter-start", type=int, choices=range(1, 13), default=1, metavar="MONTH"
    )
    parser.add_argument(
        "--cohort",
        action="store_true",
        help="the definition is the rule of a cohort",
    )
    parser.add_argument(
        "--ids", choices=("user", "device"), help="it is a list of ids instead, one on each line"
    )
    parser.add_argument("--save", metavar="NAME", help="keep the cohort")
    parser.add_argument(
        "--point", metavar="JSON", help='a place in the answer, such as {"bucket": 6}'
    )
    parser.add_argument(
        "--action", choices=POINT_ACTIONS, help="what to do there; the users, if left out"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="where a download goes")
    parser.add_argument("--group", metavar="TYPE", help="which groups behind a point")
    parser.add_argument(
        "--by", metavar="PROPERTY", action="append", default=[], help="what drivers are split by"
    )
    parser.add_argument("--from-step", type=int, metavar="STEP", help="where drivers begin")
    parser.add_argument(
        "--property",
        dest="properties",
        metavar="PROPERTY",
        action="append",
        default=[],
        help="shown with the events of streams",
    )
    parser.add_argument("--text", help="what an annotation says, or how a release is called")
    parser.add_argument(
        "--app-version", dest="version", metavar="VERSION", help="the version of a release"
    )
    parser.add_argument("--sql", choices=SQL_DIALECTS, help="print the SQL instead")
