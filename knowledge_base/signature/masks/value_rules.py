"""Values told by the key and the sign before them.

A boolean or an empty value is a value like any other (``visible=true`` and ``visible=false``, ``owner=null`` and
``owner=ann`` are one line). What names a state, a reason or a class stays, and so do words in capitals, which
enumerations are written in.

The patterns begin with what is rare in a line, and look at what stands before it only then.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits

from knowledge_base.signature.masks.name_shapes import means_something
from knowledge_base.signature.masks.rule import MaskRule, rule, widen_words

_LONGEST_KEY = 80
_KEY = frozenset(f"{ascii_letters}{digits}_.-")
_BEGINS_KEY = frozenset(f"{ascii_letters}_")
_NO_KEY_BEHIND = frozenset("$/?&")
_BEFORE_TRUTH = re.compile(widen_words(r"(?:[\w\])\"']\s?=|[\"']\s?:)\s?$"), re.ASCII)
_BEFORE_TRUTH_ALONE = re.compile(widen_words(r"\w:\s?$"), re.ASCII)


def _before(match: re.Match[str], length: int) -> str:
    return match.string[max(0, match.start() - length) : match.start()]


def _truth(match: re.Match[str]) -> str:
    before = _before(match, 4)
    is_value = _BEFORE_TRUTH.search(before) or (match[0] in ("true", "false") and _BEFORE_TRUTH_ALONE.search(before))
    return "<str>" if is_value else match[0]


def _has_key(text: str, end: int) -> bool:
    """Tell whether a key ends here; what looks like one inside a path or a query is none."""
    start = end
    least = max(0, end - _LONGEST_KEY)
    while start > least and (text[start - 1] in _KEY or "\ue000" <= text[start - 1] <= "\uf8ff"):
        start -= 1
    return start < end and text[start] in _BEGINS_KEY and text[start - 1 : start] not in _NO_KEY_BEHIND


def _value(match: re.Match[str]) -> str:
    is_value = _has_key(match.string, match.start()) and not means_something(_before(match, _LONGEST_KEY))
    return "=<str>" if is_value else match[0]


VALUE_RULES: tuple[MaskRule, ...] = (
    rule(
        "truth or nothing",
        r"(?:true|false|True|False|TRUE|FALSE|null|NULL|None|nil|undefined)(?![\w(-]|\.\w)",
        _truth,
        ("visible=true", "visible=<str>"),
        ("drawn= false", "drawn= <str>"),
        ('{"retry": null}', '{"retry": <str>}'),
        ("enabled: true", "enabled: <str>"),
        needs=("true", "false", "True", "False", "TRUE", "FALSE", "null", "NULL", "None", "nil", "undefined"),
    ),
    # A mail that came back has no sender.
    rule(
        "nobody in angle brackets",
        r"(?<==)<>",
        "<str>",
        ("from=<>, size=7", "from=<str>, size=<n>"),
        needs=("=<>",),
    ),
    rule(
        "value of a key",
        r"=(?![\w.$]*(?:Exception|Error|Throwable|Failure|Fault)\b)(?=[a-z]|[A-Z][a-z])"
        r"[\w.$/:@#%+*-]+(?<![.:])(?:\{<id>\}|\[[\w<>.:-]{1,100}\](?::0)?)?(?![\w$/@#%+*(={\[<\"'-]|[.:]+[\w$/@#%(\[{<])",
        _value,
        ("tag=StatusBar", "tag=<str>"),
        ("ws=Source{10113}", "ws=<str>"),
        ("relay=mx.example.com[10.2.3.4]:25", "relay=<str>"),
        ("acks=all, retries=3", "acks=<str>, retries=<n>"),
        ("view=acme/Main", "view=<str>"),
        ("state=running", "state=running"),
        ("errorCode=NoNode", "errorCode=NoNode"),
        ("mode=READ", "mode=READ"),
        needs=("=",),
    ),
)
