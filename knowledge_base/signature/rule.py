"""The shape of a masking rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# Kept digits are private characters while the rules run; they belong to the word around them.
_KEPT = "\\ue000-\\uf8ff"

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class MaskRule:
    """Replace what ``pattern`` matches in a reduced text, where every run of digits is one ``0``.

    ``needs``: the rule is tried only where one of these stands in the text (always, if empty).
    ``cases``: raw text and its template; each is tested alone, with a prefix, a suffix and both.
    """

    name: str
    pattern: re.Pattern[str]
    replacement: Replacement
    needs: tuple[str, ...]
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Digits in group 1 of ``pattern`` mean something: they stay, if there are ``least`` to ``most`` of them.

    ``probe`` is a quick pattern without which the rule is not tried.
    """

    name: str
    pattern: re.Pattern[str]
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
    r"""Compile a masking rule; ``\\w`` is ASCII, so that Chinese text borders on a name."""
    flags = re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG)
    return MaskRule(name, re.compile(widen_words(pattern), flags), replacement, needs, cases)


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
    """Compile a rule for digits that stay."""
    flags = re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG)
    return KeepRule(name, re.compile(pattern, flags), least, most, needs, probe, cases)
