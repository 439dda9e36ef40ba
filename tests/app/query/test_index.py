"""
Where the worked cases of the semantics are: each id, and the file that runs it through
`eventscope chart`. An id is the name of a case there, or stands in the docstring of a test.
"""

import importlib
import re
from collections.abc import Iterator

import pytest

FILES = {
    "test_cases_time": "0.1 0.2 0.3",
    "test_cases_filters": "0.4 6.1 6.3 FLT-T1 FLT-T2 FLT-T3 FLT-T4 HC-T1 HC-T2",
    "test_cases_segmentation": "GRP-T1 GRP-T2 SEG-T1 SEG-T2 SEG-T3 SEG-T4 SEG-T5 SEG-T6 SEG-T7"
    " SEG-T8 SEG-T9 SEG-T10 7.1 7.2 7.3 7.4 7.7",
    "test_comparing": "SEG-T12",
    "test_cases_funnel": "FUN-T1 FUN-T3 FUN-T4 FUN-T5 FUN-T8 FUN-T9 FUN-T11 FUN-T12 FUN-T13"
    " FUN-T14 FUN-T16 FUN-T17 FUN-T18 FUN-T19 DRV-T1 8.1 8.2 8.3 8.5 8.6 8.8 8.9 8.10 8.12 8.13"
    " 8.15 8.16",
    "test_worked_cases": "8.7",
    "test_pointcohorts": "8.18",
    "test_cases_journeys": "JRN-T1 JRN-T2 JRN-T3 JRN-T4",
    "test_cases_microscope": "MIC-T1 MIC-T2 MIC-T3 MIC-T4 MIC-T6 MIC-T8 MIC-T9 MIC-T10 10.2"
    " 10.3 10.6 10.7 10.9",
    "test_cases_cohorts": "COH-T1 COH-T2 COH-T5 COH-T6 COH-T7 COH-T8",
    "test_groups": "GRP-A1 GRP-A2 GRP-A3 GRP-A4",
    "test_releases": "REL-T1 REL-T3 REL-T4",
}
"""§0.5, 6.2, 7.5, 7.6, 8.4, 8.11, 8.14, 8.17, 8.20, 10.4, 10.5, 10.8 and 10.10 are cases under
the ids that belong to them; MIC-T7 is with the journeys."""


def named(module: object) -> Iterator[str]:
    """The names of a file's cases, and what its tests say of themselves."""
    for case in getattr(module, "CASES", ()):
        yield re.split(r"[ /]", case.name)[0]
    for name, test in vars(module).items():
        if name.startswith("test_"):
            yield from re.findall(r"[A-Z]{3}-[TA]\d+|§\d+\.\d+", test.__doc__ or "")


@pytest.mark.parametrize("file", FILES)
def test_every_worked_case_is_run(file: str) -> None:
    found = {
        one.removeprefix("§") for one in named(importlib.import_module(f"tests.app.query.{file}"))
    }
    assert set(FILES[file].split()) - found == set()
