"""Settings are read from the environment, and each is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.errors import InputError
from knowledge_base.settings import Settings, read_settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "settings.md"


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_each_setting_is_documented_with_its_meaning(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if f"`KEA_{name.upper()}`" in line)
    assert Settings.model_fields[name].description in row


def test_each_documented_setting_exists() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `KEA_")]
    assert {row.split("`")[1].removeprefix("KEA_").lower() for row in rows} == set(Settings.model_fields)


def test_the_environment_is_read_and_overrides_win(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEA_HOME", str(tmp_path))
    monkeypatch.setenv("KEA_PORT", "9000")
    assert read_settings().home_path == tmp_path
    assert read_settings().url == f"sqlite:///{tmp_path / 'kea.db'}"
    assert read_settings(port=1234).port == 1234


def test_a_database_url_takes_the_place_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEA_DATABASE_URL", "postgresql://kea@db/kea")
    assert read_settings().url == "postgresql://kea@db/kea"


def test_a_threshold_outside_of_0_to_1_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEA_ANSWER_THRESHOLD", "7")
    with pytest.raises(InputError, match=r"KEA_ANSWER_THRESHOLD: .*less than or equal to 1"):
        read_settings()


def test_a_wrong_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEA_PORT", "hunter2")
    with pytest.raises(InputError) as caught:
        read_settings()
    assert "KEA_PORT" in str(caught.value)
    assert "hunter2" not in str(caught.value)
