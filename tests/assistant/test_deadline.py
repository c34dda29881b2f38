"""Calls end in time, whatever the other side does; and it is told whether anything could have been sent."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from assistant.deadline import Deadline, Line, TooLate
from assistant.tickets.calling import Answer, NoAnswer, NotSent, call
from tests.assistant.raw import (
    DRIPS,
    ENDLESS,
    JSON,
    SOON,
    dead_host,
    dripping,
    encrypting,
    response,
    serving,
    slow_names,
)

SECONDS = 30.0
"""How long what must come is waited for."""


def test_what_ends_in_time_is_handed_on() -> None:
    assert Deadline.after(SECONDS).run(lambda line: 7) == 7
    with pytest.raises(TimeoutError, match="its own"):
        Deadline.after(SECONDS).run(_raising(TimeoutError("its own")))


def _raising(error: Exception) -> Callable[[Line], None]:
    def work(line: Line) -> None:
        raise error

    return work


def test_nothing_is_begun_when_the_time_is_over() -> None:
    begun: list[Line] = []
    with pytest.raises(TooLate) as caught:
        Deadline.after(0).run(begun.append)
    assert not caught.value.connected
    assert begun == []


def test_a_deadline_can_only_become_sooner() -> None:
    deadline, before = Deadline.after(1000), time.monotonic()
    sooner = deadline.within(2)
    assert before + 2 <= sooner.moment <= time.monotonic() + 2
    assert deadline.within(100_000) == deadline
    assert 0 < deadline.left <= 1000


def test_all_calls_share_what_is_left() -> None:
    deadline, over = Deadline.after(1.5), threading.Event()
    deadline.run(lambda line: time.sleep(0.2))
    assert deadline.left <= 1.3
    with pytest.raises(TooLate):
        deadline.run(lambda line: over.wait(ENDLESS), grace=0.05)
    over.set()
    assert deadline.left == 0
    assert time.monotonic() - deadline.moment < SOON


def test_a_connection_that_comes_too_late_carries_nothing() -> None:
    late, done, said = threading.Event(), threading.Event(), []
    ours, theirs = socket.socketpair()

    def work(line: Line) -> None:
        late.wait(SECONDS)
        line.take(ours)
        with suppress(OSError):
            said.append(ours.send(b"hello"))
        done.set()

    with ours, theirs:
        with pytest.raises(TooLate) as caught:
            Deadline.after(0.1).run(work, grace=0.1)
        assert not caught.value.connected
        late.set()
        assert done.wait(SECONDS)
        theirs.settimeout(SECONDS)
        assert (said, theirs.recv(10)) == ([], b"")


def test_a_connection_is_cut_also_where_its_owner_has_wrapped_it() -> None:
    ours, theirs = socket.socketpair()
    with theirs:

        def work(line: Line) -> bytes:
            line.take(ours)
            with socket.socket(fileno=ours.detach()) as wrapped:
                return wrapped.recv(10)

        assert Deadline.after(0.2).run(work, grace=SECONDS) == b""  # of itself it would never end


def test_a_connection_is_closed_when_its_owner_closes_it() -> None:
    ours, theirs = socket.socketpair()

    def work(line: Line) -> None:
        line.take(ours)
        ours.close()

    with theirs:
        Deadline.after(SECONDS).run(work)
        theirs.settimeout(SECONDS)
        assert theirs.recv(10) == b""
        gc.collect()


@pytest.mark.parametrize("how", DRIPS)
def test_a_ticket_system_that_drips_is_cut(how: str) -> None:
    with serving(dripping(DRIPS[how])) as system:
        begun = time.monotonic()
        if how == "body":
            assert not _post(system.url, seconds=1).whole
        else:
            with pytest.raises(NoAnswer):
                _post(system.url, seconds=1)
        assert time.monotonic() - begun < SOON


def test_a_ticket_system_with_many_dead_addresses_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_host(monkeypatch, "many.test") as port:
        begun = time.monotonic()
        with pytest.raises(NotSent, match="many"):
            _post(f"http://many.test:{port}/", seconds=2)
        assert time.monotonic() - begun < SOON


def test_a_ticket_system_whose_name_is_looked_up_for_ever_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_names(monkeypatch):
        begun = time.monotonic()
        with pytest.raises(NotSent, match="slow"):
            _post("http://slow.test/", seconds=0.3)
        assert time.monotonic() - begun < SOON


def test_a_ticket_systems_answer_is_read_as_it_came() -> None:
    with serving(response(201, b'{"id": 7}', JSON, Content_Encoding="gzip")) as system:
        answer = _post(system.url, seconds=SECONDS)
        assert (answer.status, answer.body, answer.whole) == (201, b'{"id": 7}', True)
        assert b"accept-encoding: identity" in system.requests[0].lower()


@pytest.mark.parametrize("how", DRIPS)
def test_an_encrypted_connection_is_cut_too(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(dripping(DRIPS[how]), context=encrypting(tmp_path, monkeypatch)) as system:
        begun = time.monotonic()
        if how == "body":
            assert not _post(system.url.replace("http", "https"), seconds=1).whole
        else:
            with pytest.raises(NoAnswer):
                _post(system.url.replace("http", "https"), seconds=1)
        assert time.monotonic() - begun < SOON
        assert len(system.requests) == 1


def test_a_connection_is_cut_while_it_is_being_encrypted() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError), listener, listener.accept()[0] as plain:
            dripping(b"\x16\x03\x03\x40\x00")(plain)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(NotSent):
        _post(f"https://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.5)
    assert time.monotonic() - begun < SOON
    thread.join(SECONDS)
    assert not thread.is_alive()


def test_httpx_tells_its_connection_before_it_sends_anything() -> None:
    with serving(response(200)) as server:

        def work(line: Line) -> None:
            line.cut()
            with httpx2.Client() as client:
                client.post(server.url, content=b"x", extensions={"trace": line.trace})

        with pytest.raises(httpx2.HTTPError):
            Deadline.after(SECONDS).run(work)
        assert server.requests == []


def _post(url: str, *, seconds: float) -> Answer:
    return call("POST", url, headers={}, seconds=seconds, document={"a": 1})
