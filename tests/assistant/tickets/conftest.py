"""Adapters whose events land in a list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.ports import Inbound
from tests.assistant.tickets.drivers import GitHubDriver, HelpdeskDriver, JiraDriver, github, helpdesk, jira


@pytest.fixture
def kept() -> list[Inbound]:
    return []


@pytest.fixture
def on_github(kept: list[Inbound]) -> Iterator[GitHubDriver]:
    with github(lambda inbound: not kept.append(inbound)) as driver:  # type: ignore[func-returns-value]
        yield driver


@pytest.fixture
def on_jira(kept: list[Inbound]) -> Iterator[JiraDriver]:
    with jira(lambda inbound: not kept.append(inbound)) as driver:  # type: ignore[func-returns-value]
        yield driver


@pytest.fixture
def on_helpdesk(kept: list[Inbound]) -> Iterator[HelpdeskDriver]:
    with helpdesk(lambda inbound: not kept.append(inbound)) as driver:  # type: ignore[func-returns-value]
        yield driver
