"""Words by which people and machines are told apart; which of them stand in a line is counted here."""

from __future__ import annotations

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FAILURE_WORDS = _words(
    """fail failed failure failures fails failing error errors err exception denied refused cannot unable can't
    couldn't doesn't didn't isn't couldnot invalid unknown unexpected unsupported unresolved undefined
    undeclared missing timeout timedout exceed exceeded exceeds exceeding exhausted expired killed abort aborted
    insufficient illegal conflict conflicts conflicting duplicate forbidden unauthorized rejected reset
    corrupt corrupted broken closed lost unhealthy unreachable unavailable already deadlock overflow violates
    violation violated mismatch incompatible disabled terminated crash crashed crashes panic fatal stale
    evicted"""
)
_FAILURE_PHRASES = re.compile(
    r"\b(?:not (?:found|exist|allowed|permitted|supported|available|enough|defined|valid|supplied|recognized|resolved"
    r"|authorized|responding|ready|reachable|able)|can not|(?:could|does|did|is|was) not|must (?:be|not)|timed? out"
    r"|out of|too (?:many|large|long|big|old|small)"
    r"|no (?:such|route|host|space|module|permission|valid|node|property|viable|suitable|qualifying))\b",
    re.IGNORECASE,
)
_FAILURE_CHINESE = re.compile(
    "失败|错误|异常|不存在|拒绝|超时|无法|未找到|找不到|不足|无效|非法|冲突|重复|已满|禁止|未知|不支持|不匹配|过期|终止"
    "|没有权限|不能"
)
_PEOPLE_WORDS = _words(
    """i i'm i've i'll my me we we're we've our us anyone anybody somebody someone everybody pls plz thx thanks
    thank hi hello hey how why what what's who idea ideas clue help colleague tonight yesterday today morning
    tomorrow guys team folks sorry maybe kindly urgent asap suddenly anymore again keep keeps getting gets
    whenever wondering something although though complains complaining saying seeing"""
)
_PEOPLE_CHINESE = re.compile(
    "请|帮|吗|呢|怎么|怎样|如何|为什么|为啥|谁|大家|我|你|您好|谢|求助|求解|求教|老是|总是|一直|今天|昨天|刚才|刚刚|上午|下午"
    "|早上|晚上|有没有|有人|遇到|是不是|什么|咋|啥|麻烦|各位|同学|看一下|看下|一下|突然|但是|可是|明明|报错说|提示说|然后|就报"
    "|就会|之后|的时候|还是|不了|又|原因|哪里|哪儿|反复|挂了|挂掉|起不来|跑不|自己|本地"
)
_LINKING_WORDS = _words(
    """after because when since still it that there gives just so but can would try trying want need like"""
)
_WORD = re.compile(r"(?<![\w.$/'=-])[A-Za-z][A-Za-z']*(?![\w$/=:-]|\.\w|'\w)")
_PLAIN_WORD = re.compile(r"(?<![A-Za-z'])[A-Za-z][a-z']*[a-z](?![A-Za-z'])|\b[A-Z]{3,12}\b")
_QUESTION = re.compile(r"[?？]\s*$")


def failures_in(line: str) -> int:
    """Count the words and phrases of failures, which people and machines use alike."""
    count = sum(1 for word in _PLAIN_WORD.findall(line) if word.lower() in FAILURE_WORDS)
    count += len(_FAILURE_PHRASES.findall(line))
    return count if line.isascii() else count + len(_FAILURE_CHINESE.findall(line))


def people_in(line: str) -> int:
    """Count the words of people who ask or tell; a question mark at the end is one.

    >>> people_in("my job is slow, any idea?"), people_in("/my/path=help")
    (3, 0)
    """
    count = sum(1 for word in _WORD.findall(line) if word.lower() in _PEOPLE_WORDS)
    count += 1 if _QUESTION.search(line) else 0
    return count if line.isascii() else count + len(_PEOPLE_CHINESE.findall(line))


def linking_in(line: str) -> int:
    """Count the words by which people link what they say, and machines rarely."""
    return sum(1 for word in _WORD.findall(line) if word.lower() in _LINKING_WORDS)
