"""A thousand chat events with twenty kills; runs for minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doors.storm import check_storm, storm_on


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("model_dir")
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_thousand_events_are_answered_once(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_database") if database == "postgresql" else ""
    with storm_on(tmp_path / "home", database_url=url) as storm:
        check_storm(storm, questions=700, events=1000, kills=20)
