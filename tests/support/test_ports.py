"""A held port is free for the servers of its test, and for nobody else."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.support.ports import HeldPort


@pytest.fixture
def held() -> Iterator[HeldPort]:
    held = HeldPort()
    yield held
    held.release()


def test_servers_come_and_go(held: HeldPort) -> None:
    address = ("127.0.0.1", held.number)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, 10)
        with socket.create_server(address) as server, socket.create_connection(address, 10) as client:
            server.accept()[0].close()
            assert client.recv(1) == b""


def test_nobody_else_is_given_it(held: HeldPort) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", held.number))
    others = [HeldPort() for _ in range(200)]
    assert held.number not in {each.number for each in others}
    for each in others:
        each.release()


def test_it_is_free_once_it_is_released(held: HeldPort) -> None:
    held.release()
    held.release()
    with socket.socket() as other:
        other.bind(("127.0.0.1", held.number))
