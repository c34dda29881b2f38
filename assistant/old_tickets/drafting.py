"""Writes the draft of a solution from what the tickets of one category say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.old_tickets.joining import Joined, Said, central
from assistant.old_tickets.spool import Kept
from assistant.phrases import language_of
from knowledge_base.store.solving.solutions import SolutionText

RESOLUTION_LIMIT = 4000
SHOWN = 20
TITLE_LIMIT = 200
TITLES = 1000
_FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a draft says itself, in one language."""

    one: str
    same: str
    several: str
    heading: str
    way: str
    rest: str
    further: str
    between: str
    then: str
    bracketed: str
    end: str


_ENGLISH = _Words(
    one="From one old ticket{}.",
    same="From {} old tickets{}.",
    several="From {} old tickets, what most of them say first. ",
    heading="### Way {}",
    way="Way {}: {}{}",
    rest="others: {}",
    further=", and {} more",
    between=", ",
    then="; ",
    bracketed=" ({})",
    end=".",
)
_CHINESE = _Words(
    one="来自 1 个历史工单{}。",
    same="来自 {} 个历史工单{}。",
    several="来自 {} 个历史工单，按出现次数从多到少排列。",
    heading="### 方法 {}",
    way="方法 {}：{} 个{}",
    rest="其他内容：{} 个",
    further=" 等，另有 {} 个",
    between="、",
    then="；",
    bracketed="（{}）",
    end="。",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A draft in words, and how many different resolutions it was made from."""

    text: SolutionText
    tickets: int
    resolutions: int


def write_draft(tickets: Iterable[Kept], *, fallback: str) -> Written:
    """Write a draft from the tickets of a category; ``fallback`` is its title where no ticket has one."""
    joined, titles = Joined(), Counter[str]()
    count = chinese = 0
    for each in tickets:
        count += 1
        chinese += language_of(each.resolution) == "zh"
        joined.add(each.resolution, each.id)
        title = " ".join(each.title.split())
        if title and (title in titles or len(titles) < TITLES):
            titles[title] += 1
    words = _CHINESE if 2 * chinese > count else _ENGLISH
    title = central(titles) if titles else " ".join(fallback.split())
    said = joined.said
    body = _body(words, said, count, joined.overflow)
    return Written(SolutionText(_shortened(title, TITLE_LIMIT), "", body), count, len(said))


def _body(words: _Words, said: list[Said], count: int, overflow: int) -> str:
    """Write what was done, and in a line of its own below where it comes from: an engineer may take that off."""
    shown = said[:SHOWN]
    parts = [_closed(each.text) for each in shown]
    if len(shown) > 1:
        parts = [f"{words.heading.format(number)}\n\n{text}" for number, text in enumerate(parts, 1)]
    rest = overflow + sum(each.tickets for each in said[SHOWN:])
    return "\n\n".join([*parts, _origin(words, shown, count, rest)])


def _origin(words: _Words, shown: list[Said], count: int, rest: int) -> str:
    if count == 1:
        return words.one.format(_ids(words, shown[0]))
    if len(shown) == 1:
        return words.same.format(count, _ids(words, shown[0]))
    ways = [words.way.format(number, each.tickets, _ids(words, each)) for number, each in enumerate(shown, 1)]
    ways += [words.rest.format(rest)] if rest else []
    return words.several.format(count) + words.then.join(ways) + words.end


def _ids(words: _Words, said: Said) -> str:
    if not said.ids:
        return ""
    more = said.tickets - len(said.ids)
    named = words.between.join(f"`{each.replace('`', '')}`" for each in said.ids)
    return words.bracketed.format(named + (words.further.format(more) if more else ""))


def _closed(resolution: str) -> str:
    """Shorten a resolution, and close a block of code that it left open: it would take in what follows."""
    text = _shortened(resolution.strip(), RESOLUTION_LIMIT)
    fences = _FENCE.findall(text)
    return f"{text}\n{fences[-1]}" if len(fences) % 2 else text


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
