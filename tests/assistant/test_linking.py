"""The links of a solution, before a platform writes them: addresses of HTTP alone, names that can be seen, and room."""

from __future__ import annotations

import pytest
from httpx2 import URL
from hypothesis import given
from hypothesis import strategies as st

from assistant.addresses import linkable
from assistant.linking import MOST, NAME_LENGTH, written_links
from tests.assistant.hostile_links import ADDRESS, HOSTILE, NAMES, REFUSED, WITHOUT_A_NAME

Pair = tuple[str, str]


def shown(links: list[Pair], room: int = 100_000) -> tuple[list[Pair], int]:
    return written_links(links, room, write=lambda name, url: (name, url), size=lambda one: len(one[0]) + len(one[1]))


@pytest.mark.parametrize(("url", "written"), HOSTILE.items())
def test_an_address_is_written_so_that_it_ends_nothing(url: str, written: str) -> None:
    assert linkable(url) == written
    assert linkable(written) == written
    assert not set(written) & set(' \n|<>()[]{}"`\\@') and written.isascii()  # noqa: PT018


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_address_is_left_out_and_counted(url: str) -> None:
    assert linkable(url) == ""
    assert shown([("Runbook", url), ("Next", ADDRESS)]) == ([("Next", ADDRESS)], 1)


@given(st.text(max_size=60).map(lambda rest: f"https://wiki.example.com/{rest}") | st.text(max_size=60))
def test_any_text_is_an_address_of_its_own_host_or_none(value: str) -> None:
    written = linkable(value)
    if written:
        assert written.startswith(("https://", "http://"))
        assert URL(written).host == URL(value).host
        assert linkable(written) == written


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_one_short_line(name: str) -> None:
    [(told, _)], _ = shown([(name, ADDRESS)])
    assert told.strip() == told != ""
    assert len(told) <= NAME_LENGTH
    assert not set(told) & set("\n\x00\x1b\u202e")


@pytest.mark.parametrize("name", WITHOUT_A_NAME)
def test_what_has_no_name_is_called_by_its_address(name: str) -> None:
    assert shown([(name, ADDRESS)]) == ([(ADDRESS, ADDRESS)], 0)
    assert shown([(name, "https://wiki.example.com/磁盘")])[0][0][0] == "https://wiki.example.com/磁盘"


def test_links_are_shown_in_their_order_as_far_as_there_is_room() -> None:
    links = [("a", f"https://a.example/{'x' * 80}"), ("b", "https://b.example/"), ("c", "https://c.example/")]
    assert shown(links, room=60) == ([("b", "https://b.example/"), ("c", "https://c.example/")], 1)
    assert shown(links, room=20) == ([("b", "https://b.example/")], 2)
    assert shown(links, room=-5) == ([], 3)


def test_no_more_than_ten_are_shown() -> None:
    links = [(f"Page {n}", f"https://wiki.example.com/{n}") for n in range(50)]
    assert shown(links) == (links[:MOST], 40)
