"""Chat events through kills and failing platforms; ``make soak`` runs the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doors.storm import check_storm, storm_on


@pytest.mark.usefixtures("model_dir")
def test_each_question_is_answered_once_through_kills_and_failures(tmp_path: Path) -> None:
    with storm_on(tmp_path / "home", delivery_lease_seconds="6") as storm:
        check_storm(storm, questions=42, events=60, kills=3)
