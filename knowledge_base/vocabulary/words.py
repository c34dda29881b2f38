"""A text as words: identifiers come apart, Chinese into characters, "doesn't" into "does not".

Each word keeps the place where it stands in the text, so that a page can mark it. Names between single quotes or
backquotes, paths, addresses, package names and the frames of a stack trace say nothing about what went wrong.
"""

from __future__ import annotations

import re
from typing import NamedTuple

STOP = "."
"""The end of a sentence or line; no wording reaches across it."""

# The second and third alternative are shortcuts for what most of a text is made of.
_TOKEN = re.compile(
    r"""
    (?P<frame>^[ \t]*(?:at[ ][\w.$<>/]{3,400}\(|File[ ]"|\.\.\.[ ]\d+[ ](?:more|common)).*$)
  | (?P<chinese>[㐀-鿿])
  | (?P<plain>(?<![\w$./<'`])[a-z]+(?![\w$./:'’´`+]|[ ]n?[ ]?['’´]?[ ]?t\b))
  | (?P<package>(?<![\w$.])(?:[a-z_$][\w$]{0,60}\.){2,12}(?=[A-Z]))
  | (?P<placeholder><(?:[a-z]{1,20}|\*)>)
  | (?P<path>(?<![\w/<>])(?:/[\w.@%+=-]{1,200}){2,60}/?)
  | (?P<url>[a-z][a-z0-9+]{1,9}://[^\s"'<>，。；]{1,400})
  | (?P<quoted>(?<!\w)['`][a-z][a-z0-9_.-]{0,80}['`])
  | (?P<negated>(?<![A-Za-z])(?i:do|does|did|is|are|was|were|has|have|had|ca|could|wo|would|should|must)
        (?i:[ ]?n[ ]?['’´]?[ ]?t)\b)
  | (?P<word>NaN(?![a-z])|[A-Z]{2,}s\b|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+
        |[^\W_a-zA-Z0-9㐀-鿿]+)
  | (?P<stop>[.;!?](?=\s|$)|[。；！？\n])
    """,
    re.VERBOSE | re.MULTILINE,
)
_NAMES = {"path": "<path>", "url": "<url>", "quoted": "<str>", "stop": STOP}
_WORDS = frozenset({"plain", "word", "placeholder"})
_N_T = re.compile(r" ?n ?['’´]? ?t$")
_VERBS = ["do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "would", "should", "must"]
_TOGETHER = {f"{verb}nt": verb for verb in _VERBS} | {"cannot": "can", "cant": "can", "wont": "will"}
_SHORT_FORMS = {"ca": "can", "wo": "will"}


class Word(NamedTuple):
    """A word in lower case, and where it stands; a placeholder keeps its angle brackets."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """Take a text apart.

    >>> [word.text for word in words_of("TableNotFoundException: <table> doesn't exist, 表不存在")]
    ['table', 'not', 'found', 'exception', '<table>', 'does', 'not', 'exist', '表', '不', '存', '在']
    """
    found: list[Word] = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        start, end = match.span()
        if group == "chinese":
            found.append(Word(match.group(), start, end))
            continue
        if group in _WORDS:
            word = match.group().lower()
            verb = _TOGETHER.get(word)
            if verb is None:
                found.append(Word(word, start, end))
                continue
        elif group == "negated":
            verb = _N_T.sub("", match.group().lower())
        elif group == "frame" or group == "package":
            continue
        else:
            found.append(Word(_NAMES[group or ""], start, end))
            continue
        found.append(Word(_SHORT_FORMS.get(verb, verb), start, end))
        found.append(Word("not", start, end))
    return found
