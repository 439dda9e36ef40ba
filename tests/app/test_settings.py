"""
Settings: kept, checked, never lost.
"""

import json
from pathlib import Path

import pytest

from app.errors import BadInput, StoreUnavailable
from app.settings import ALL, CAP_MB, DELIVERY, HOSTS, THEME, Setting, Settings


def test_defaults_then_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings = Settings(path)
    assert settings.get(THEME) == "system"
    settings.set(THEME, "dark")
    settings.update({CAP_MB: 100, HOSTS: ["a.example"]})
    again = Settings(path)
    assert again.get(THEME) == "dark"
    assert again.get(CAP_MB) == 100
    assert again.get(HOSTS) == ["a.example"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [(THEME, "pink"), (CAP_MB, 1), (CAP_MB, "9"), (CAP_MB, True), (HOSTS, [1]), (DELIVERY, None)],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, setting: Setting[object], value: object
) -> None:
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(BadInput):
        settings.set(setting, value)
    assert settings.get(setting) == setting.default


def test_unusable_values_in_the_file_count_as_defaults(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"window.theme": 7, "later.key": 1}))
    settings = Settings(path)
    assert settings.get(THEME) == "system"
    settings.set(THEME, "light")
    assert json.loads(path.read_text())["later.key"] == 1


@pytest.mark.parametrize("content", ["{", "[]", '"x"', "\x00", "[" * 100_000])
def test_damaged_file_is_set_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    settings = Settings(path)
    assert "damaged" in settings.problem
    assert (tmp_path / "settings.damaged.json").read_text() == content
    settings.set(THEME, "dark")
    assert Settings(path).get(THEME) == "dark"


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.json")
    with pytest.raises(StoreUnavailable):
        settings.set(THEME, "dark")


def test_every_setting_says_what_it_is() -> None:
    assert len({setting.key for setting in ALL}) == len(ALL)
    for setting in ALL:
        assert setting.accepts(setting.default)
        assert setting.label
        assert setting.help.endswith((".", "com"))
