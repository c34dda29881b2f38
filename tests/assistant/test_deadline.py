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
from tests.assistant.raw import DRIPS, JSON, dead_host, dripping, encrypting, response, serving, slow_names


def test_what_ends_in_time_is_handed_on() -> None:
    assert Deadline.after(5).run(lambda line: 7) == 7
    with pytest.raises(TimeoutError, match="its own"):
        Deadline.after(5).run(_raising(TimeoutError("its own")))


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
    deadline = Deadline.after(10)
    assert 1.5 < deadline.within(2).left <= 2
    assert 9 < deadline.within(100).left <= 10


def test_all_calls_share_what_is_left() -> None:
    deadline = Deadline.after(0.3)
    begun = time.monotonic()
    deadline.run(lambda line: time.sleep(0.2))
    with pytest.raises(TooLate):
        deadline.run(lambda line: time.sleep(3), grace=0.05)
    assert time.monotonic() - begun < 0.6


def test_a_connection_that_comes_too_late_carries_nothing() -> None:
    late, done, said = threading.Event(), threading.Event(), []
    ours, theirs = socket.socketpair()

    def work(line: Line) -> None:
        late.wait(5)
        line.take(ours)
        with suppress(OSError):
            said.append(ours.send(b"hello"))
        done.set()

    with ours, theirs:
        with pytest.raises(TooLate) as caught:
            Deadline.after(0.1).run(work, grace=0.1)
        assert not caught.value.connected
        late.set()
        assert done.wait(5)
        theirs.settimeout(5)
        assert (said, theirs.recv(10)) == ([], b"")


def test_a_connection_is_cut_also_where_its_owner_has_wrapped_it() -> None:
    ours, theirs = socket.socketpair()
    with theirs:

        def work(line: Line) -> bytes:
            line.take(ours)
            with socket.socket(fileno=ours.detach()) as wrapped:
                return wrapped.recv(10)

        begun = time.monotonic()
        assert Deadline.after(0.2).run(work) == b""
        assert time.monotonic() - begun < 1


def test_a_connection_is_closed_when_its_owner_closes_it() -> None:
    ours, theirs = socket.socketpair()

    def work(line: Line) -> None:
        line.take(ours)
        ours.close()

    with theirs:
        Deadline.after(5).run(work)
        theirs.settimeout(5)
        assert theirs.recv(10) == b""
        gc.collect()


@pytest.mark.parametrize("how", DRIPS)
def test_a_ticket_system_that_drips_is_cut(how: str) -> None:
    with serving(dripping(DRIPS[how])) as system:
        begun = time.monotonic()
        if how == "body":
            assert not _post(system.url, seconds=0.3).whole
        else:
            with pytest.raises(NoAnswer):
                _post(system.url, seconds=0.3)
        assert time.monotonic() - begun < 1.2


def test_a_ticket_system_with_many_dead_addresses_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_host(monkeypatch, "many.test") as port:
        begun = time.monotonic()
        with pytest.raises(NotSent, match="many"):
            _post(f"http://many.test:{port}/", seconds=0.5)
        assert time.monotonic() - begun < 2.2


def test_a_ticket_system_whose_name_is_looked_up_for_ever_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_names(monkeypatch):
        begun = time.monotonic()
        with pytest.raises(NotSent, match="slow"):
            _post("http://slow.test/", seconds=0.3)
        assert time.monotonic() - begun < 1.8


def test_a_ticket_systems_answer_is_read_as_it_came() -> None:
    with serving(response(201, b'{"id": 7}', JSON, Content_Encoding="gzip")) as system:
        answer = _post(system.url, seconds=5)
        assert (answer.status, answer.body, answer.whole) == (201, b'{"id": 7}', True)
        assert b"accept-encoding: identity" in system.requests[0].lower()


@pytest.mark.parametrize("how", DRIPS)
def test_an_encrypted_connection_is_cut_too(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(dripping(DRIPS[how]), context=encrypting(tmp_path, monkeypatch)) as system:
        begun = time.monotonic()
        if how == "body":
            assert not _post(system.url.replace("http", "https"), seconds=0.5).whole
        else:
            with pytest.raises(NoAnswer):
                _post(system.url.replace("http", "https"), seconds=0.5)
        assert time.monotonic() - begun < 2
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
    assert time.monotonic() - begun < 2
    thread.join(5)
    assert not thread.is_alive()


def test_httpx_tells_its_connection_before_it_sends_anything() -> None:
    with serving(response(200)) as server:

        def work(line: Line) -> None:
            line.cut()
            with httpx2.Client() as client:
                client.post(server.url, content=b"x", extensions={"trace": line.trace})

        with pytest.raises(httpx2.HTTPError):
            Deadline.after(5).run(work)
        assert server.requests == []


def _post(url: str, *, seconds: float) -> Answer:
    return call("POST", url, headers={}, seconds=seconds, document={"a": 1})
