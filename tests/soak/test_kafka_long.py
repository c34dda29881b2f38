"""A million lines out of Kafka, with kills of Kea and of the broker; runs for minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.kafka_killing import check_kills
from tests.support.kafka import find_jars, running_broker
from tests.support.missing import missing


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("model_dir")
def test_ten_kills_of_kea_and_three_of_the_broker_lose_and_double_nothing(tmp_path: Path) -> None:
    jars = find_jars()
    if jars is None:
        missing("Kafka (its jars, and Java 17)")
    with running_broker(jars) as broker:
        check_kills(broker, tmp_path / "home", lines=1_000_000, kills=10, broker_kills=3, batch_size=2000)
