"""The words by which logs tell how bad something is, in capitals, in small letters, short, and in Chinese."""

from __future__ import annotations

SIDE_LEVELS = frozenset({"DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION"})
"""Levels of PostgreSQL's lines that belong to the error before them."""

CHINESE_LEVELS = {
    "致命错误": "FATAL",
    "错误": "ERROR",
    "警告": "WARNING",
    "注意": "NOTICE",
    "日志": "LOG",
    "描述": "DETAIL",
    "详细信息": "DETAIL",
    "提示": "HINT",
    "语句": "STATEMENT",
    "上下文": "CONTEXT",
    "背景": "CONTEXT",
    "查询": "QUERY",
    # java.util.logging, and what services of Chinese platforms write.
    "严重": "SEVERE",
    "信息": "INFO",
    "调试": "DEBUG",
}
"""Levels in Chinese (PostgreSQL's are those of its zh_CN.po), and what they are in English."""

COMMON_WORDS = (
    "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|FATAL|CRITICAL|CRIT|ALERT|EMERG"
    "|CONFIG|FINE|FINER|FINEST|VERBOSE"
)
"""Level words of most systems, as alternatives of a pattern."""

LEVEL_WORDS = "|".join([COMMON_WORDS, "PANIC", "LOG", *sorted(SIDE_LEVELS)])
"""Level words in capitals, as alternatives of a pattern; none begins one that stands behind it and still differs."""

SHORT_WORDS = "ERR|INF|WRN|DBG|FTL|TRC|VRB"
"""Three letters of Serilog, zerolog and NLog."""

CHINESE_WORDS = "|".join(word for word, level in CHINESE_LEVELS.items() if level not in SIDE_LEVELS)
"""Chinese level words that no word of a sentence looks like where a level stands."""

ANY_CHINESE_WORD = "|".join(CHINESE_LEVELS)

_MEANT = {
    "I": "INFO",
    "W": "WARN",
    "E": "ERROR",
    "F": "FATAL",
    "D": "DEBUG",
    "V": "TRACE",
    "T": "TRACE",
    "C": "CRITICAL",
    "WARNING": "WARN",
    "WRN": "WARN",
    "ERR": "ERROR",
    "EROR": "ERROR",
    "FAIL": "ERROR",
    "FAILURE": "ERROR",
    "SEVERE": "ERROR",
    "CRIT": "CRITICAL",
    "EMERGENCY": "EMERG",
    "FTL": "FATAL",
    "LOG": "INFO",
    "NORMAL": "INFO",
    "INF": "INFO",
    "INFORMATION": "INFO",
    "INFORMATIONAL": "INFO",
    "CONFIG": "INFO",
    "ANY": "INFO",
    "DBG": "DEBUG",
    "DBUG": "DEBUG",
    "FINE": "DEBUG",
    "FINER": "TRACE",
    "FINEST": "TRACE",
    "VERBOSE": "TRACE",
    "TRC": "TRACE",
    "TRCE": "TRACE",
    "VRB": "TRACE",
    # The marks of Redis.
    ".": "DEBUG",
    "-": "INFO",
    "*": "NOTICE",
    "#": "WARN",
}
_NUMBERED = {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"}
_SYSLOG = ("EMERG", "ALERT", "CRITICAL", "ERROR", "WARN", "NOTICE", "INFO", "DEBUG")


def clean_level(text: str) -> str:
    """A level as it was written, without brackets, in capitals and in English.

    >>> clean_level("[error ]"), clean_level("错误：")
    ('ERROR', 'ERROR')
    """
    level = text.strip("[]<>【】:： \t").upper()
    return CHINESE_LEVELS.get(level, level)


def level_name(level: str) -> str:
    """Give a level the name that most systems have for it.

    >>> level_name("SEVERE"), level_name("WARNING"), level_name("INFO")
    ('ERROR', 'WARN', 'INFO')
    """
    return _MEANT.get(level, level)


def level_of_number(number: str) -> str:
    """Name a level of JSON lines that is a number: pino and bunyan (10 to 60), syslog (0 to 7); "" for others."""
    if number in _NUMBERED:
        return _NUMBERED[number]
    return _SYSLOG[int(number)] if len(number) == 1 and number in "01234567" else ""
