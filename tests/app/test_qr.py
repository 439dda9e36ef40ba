"""QR codes, module by module as another encoder drew them (tests/data/qr.json)."""

import json
from pathlib import Path

import pytest

from app.qr import LARGEST, qr_code

DRAWN = json.loads((Path(__file__).parent.parent / "data" / "qr.json").read_text("utf-8"))


@pytest.mark.parametrize("text", DRAWN)
def test_as_another_encoder_draws_it(text: str) -> None:
    assert ["".join(".#"[dark] for dark in row) for row in qr_code(text)] == DRAWN[text]


@pytest.mark.parametrize(
    ("length", "size"),
    [(0, 21), (14, 21), (15, 25), (26, 25), (42, 29), (62, 33), (84, 37), (106, 41)],
)
def test_it_is_as_large_as_the_text_needs(length: int, size: int) -> None:
    made = qr_code("x" * length)
    assert {len(made), *map(len, made)} == {size}


def test_a_text_that_is_too_long() -> None:
    with pytest.raises(ValueError, match=str(LARGEST)):
        qr_code("x" * (LARGEST + 1))
