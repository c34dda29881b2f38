"""The shape of a masking rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

# Kept digits are private characters while the rules run; they belong to the word around them.
_KEPT = "\\ue000-\\uf8ff"

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class _Rule:
    """What the kinds of rules share: a pattern that is compiled when a text first needs it.

    Compiling them all takes longer than answering a question does.
    """

    name: str
    source: str
    flags: re.RegexFlag

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.source, self.flags)


@dataclass(frozen=True)
class MaskRule(_Rule):
    """Replace what ``pattern`` matches in a reduced text, where every run of digits is one ``0``.

    ``needs``: the rule is tried only where one of these stands in the text (always, if empty).
    ``cases``: raw text and its template; each is tested alone, with a prefix, a suffix and both.
    """

    replacement: Replacement
    needs: tuple[str, ...]
    cases: tuple[tuple[str, str], ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern, whose words may hold kept digits."""
        return re.compile(widen_words(self.source), self.flags)


@dataclass(frozen=True)
class KeepRule(_Rule):
    """Digits in group 1 of ``pattern`` mean something: they stay, if there are ``least`` to ``most`` of them.

    ``probe`` is a quick pattern without which the rule is not tried.
    """

    least: int
    most: int
    needs: tuple[str, ...]
    probe: re.Pattern[str] | None
    cases: tuple[tuple[str, str], ...]


def widen_words(pattern: str) -> str:
    r"""Let each ``\w`` of a pattern match kept digits too.

    >>> widen_words(r"[\w.]x\w") == r"[\w\ue000-\uf8ff.]x[\w\ue000-\uf8ff]"
    True
    """
    parts: list[str] = []
    in_class = False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        if part == "[" and not in_class:
            in_class = True
        elif part == "]" and in_class:
            in_class = False
        if part == r"\w":
            part = rf"\w{_KEPT}" if in_class else rf"[\w{_KEPT}]"
        parts.append(part)
    return "".join(parts)


def rule(
    name: str,
    pattern: str,
    replacement: Replacement,
    *cases: tuple[str, str],
    needs: tuple[str, ...] = (),
    ignore_case: bool = False,
) -> MaskRule:
    r"""Make a masking rule; ``\\w`` is ASCII, so that Chinese text borders on a name."""
    flags = re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG)
    return MaskRule(name, pattern, flags, replacement, needs, cases)


def keep(
    name: str,
    pattern: str,
    *cases: tuple[str, str],
    least: int = 1,
    most: int = 5,
    needs: tuple[str, ...] = (),
    probe: re.Pattern[str] | None = None,
    ignore_case: bool = True,
) -> KeepRule:
    """Make a rule for digits that stay."""
    flags = re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG)
    return KeepRule(name, pattern, flags, least, most, needs, probe, cases)
