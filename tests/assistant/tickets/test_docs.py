"""What the docs tell people to write is what the mapping file takes."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.tickets.loading import load, preset_names
from assistant.tickets.mapping import Webhook

DOCS = Path(__file__).parents[3] / "docs"
BLOCKS = [
    textwrap.dedent(block)
    for block in re.findall(r"^ *```yaml\n(.*?)^ *```", (DOCS / "tickets.md").read_text(), re.DOTALL | re.MULTILINE)
]


class Everything(dict[str, str]):
    """An environment in which every variable is set."""

    def get(self, name: str, default: Any = None) -> str:
        return "secret"


def test_the_example_is_a_mapping_file() -> None:
    webhooks = {webhook.name: webhook for webhook, _ in load(DOCS / "tickets-example.yaml", Everything())}
    assert set(webhooks) == {"github", "jira", "helpdesk"}
    assert webhooks["helpdesk"].note.find is not None


def test_the_docs_have_an_example_of_each_kind() -> None:
    assert len(BLOCKS) == 3


@pytest.mark.parametrize("block", BLOCKS)
def test_each_example_in_the_docs_is_a_mapping_file(tmp_path: Path, block: str) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(block)
    [(webhook, _)] = load(file, Everything())
    assert webhook.name == yaml.safe_load(block)["webhooks"][0]["preset"]


def test_every_key_and_preset_is_described() -> None:
    text = (DOCS / "tickets.md").read_text()
    parts = [Webhook, *(field.annotation for field in Webhook.model_fields.values())]
    keys = {key for part in parts for key in getattr(part, "model_fields", {})} | set(preset_names())
    missing = [key for key in keys if not re.search(rf"`[^`]*\b{key}\b", text)]
    assert missing == []
