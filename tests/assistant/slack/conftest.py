"""A world around Slack, over either way."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from assistant.ports import Accept
from tests.assistant.conformance.driver import DriverMaker
from tests.assistant.conformance.world import World, world_with
from tests.assistant.slack.driver import HttpDriver, SlackDriver, SocketDriver, http_driver, socket_driver
from tests.assistant.slack.server import FakeSlack


class SlackWorld:
    """A world, and Slack in it; its clock is the world's."""

    def __init__(self, world: World) -> None:
        self.world = world
        assert isinstance(world.driver, SlackDriver)
        self.driver = world.driver
        self.slack: FakeSlack = world.driver.slack

    @property
    def http(self) -> HttpDriver:
        assert isinstance(self.driver, HttpDriver)
        return self.driver

    @property
    def socket(self) -> SocketDriver:
        assert isinstance(self.driver, SocketDriver)
        return self.driver

    def texts(self) -> list[str]:
        """What people see, oldest first."""
        return [seen.text for seen in self.driver.seen()]


def _world(make: object, folder: Path) -> Iterator[SlackWorld]:
    def with_its_clock(accept: Accept) -> object:
        # The maker is called with the world's own method.
        world: World = accept.__self__  # type: ignore[attr-defined]
        return make(accept, world.clock)  # type: ignore[operator]

    with world_with(DriverMaker("slack", with_its_clock), folder) as world:  # type: ignore[arg-type]
        yield SlackWorld(world)


@pytest.fixture
def over_http(tmp_path: Path) -> Iterator[SlackWorld]:
    """Slack calls the webhook."""
    yield from _world(http_driver, tmp_path)


@pytest.fixture
def over_socket(tmp_path: Path) -> Iterator[SlackWorld]:
    """Kea is connected by Socket Mode."""
    yield from _world(socket_driver, tmp_path)


@pytest.fixture
def over_watchful_socket(tmp_path: Path) -> Iterator[SlackWorld]:
    """Kea notices within a few seconds that the line is cut."""
    yield from _world(partial(socket_driver, ping=0.5), tmp_path)


@pytest.fixture(params=[http_driver, socket_driver], ids=["http", "socket"])
def over_both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackWorld]:
    """Slack by each way in turn."""
    yield from _world(request.param, tmp_path)
