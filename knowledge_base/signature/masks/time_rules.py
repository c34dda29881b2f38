"""Dates, times of day and lengths of time, as languages and countries write them."""

from __future__ import annotations

from knowledge_base.signature.masks.rule import MaskRule, rule

# Written out, not as [a-z]{0,6}: the words of the rules are known by how they are spelt here.
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
)
_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)"
_NTH = "0(?:st|nd|rd|th)?"
_HALF = r"(?:\s?[AaPp](?:M|m|\.[Mm]\.))?"
_CLOCK = rf"0:0(?::0)?(?:[.,:]0)?{_HALF}"
_ZONE_NAME = (
    "(?:UTC|GMT|CST|CDT|EST|EDT|PST|PDT|MST|MDT|CET|CEST|BST|IST|JST|KST|HKT|SGT|MSK|EET|EEST|WET|WEST"
    "|AEST|AEDT|NZST|NZDT)"
)
# Several follow each other: +0800 CST, GMT+0800 (China Standard Time), +08:00[Asia/Shanghai], and Go's m=+0.1.
_ZONE = (
    rf"(?:Z|\s?[+-]0(?::0)?(?!\w|[.:]\w)|\s?{_ZONE_NAME}(?:[+-]0(?::0)?)?(?!\w)|\s\([A-Z][a-z]+(?:\s[A-Z][a-z]+){{0,3}}\sTime\)"
    r"|\[[A-Z][a-z]+/[A-Z][A-Za-z_]+\]|\s[A-Z][a-z]+/[A-Z][A-Za-z_]+|\sm=[+-]0\.0){0,3}"
)
_UNIT = (
    r"(?:ns|us|µs|μs|ms|msecs?|millis|s|secs?|mins?|m|h|hrs?|d|w"
    r"|(?:(?:nano|micro|milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
    r"|(?:(?:NANO|MICRO|MILLI)?SECONDS?|MINUTES?|HOURS?|DAYS?)"
    r"|毫秒|微秒|纳秒|秒钟?|分钟|个?小时|天|周|个月)"
)
_LENGTH = rf"0(?:\.0)?(?:[eE]-?0)?\s?(?:{_UNIT}|分(?=0))"

TIME_RULES: tuple[MaskRule, ...] = (
    rule(
        "date and time",
        rf"(?<![\w.-])(?:0[-/.]0[-/.]0|0年0月0日)[T\s:]{{0,2}}{_CLOCK}{_ZONE}(?![\w-])",
        "<time>",
        ("2024-06-11T10:22:33.123Z", "<time>"),
        ("2024/06/11 10:22:33", "<time>"),
        ("2024-06-11 10:22:33.5 +0800 CST m=+0.5", "<time>"),
        ("2024-06-11T10:22:33+08:00[Asia/Shanghai]", "<time>"),
        ("6/11/2024 3:22:33 PM", "<time>"),
        needs=("0:0",),
    ),
    rule(
        "date in words",
        rf"(?<!\w)(?:{_DAY},?\s{{1,2}})?(?:{_MONTH}\s{{1,2}}{_NTH}|{_NTH}[\s/-]{_MONTH})(?:,?[\s/:-]0)?"
        rf"(?:,?[\s:]{_CLOCK})?{_ZONE}(?:\s0)?(?!\w)",
        "<time>",
        ("Tue Jun 11 10:22:33 2024", "<time>"),
        ("Tue, 11 Jun 2024 10:22:33 GMT", "<time>"),
        ("11/Jun/2024:10:22:33 +0800", "<time>"),
        ("June 11th, 2024", "<time>"),
        ("Tue Jun 11 2024 10:22:33 GMT+0800 (China Standard Time)", "<time>"),
        needs=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
    rule(
        "date",
        r"(?<![\w./-])(?:0-0-0(?:[-_T]0[-.]0[-.]0(?:\.0)?Z?)?|0/0/0|0T0Z?|0-W0(?:-0)?"
        r"|0年0月0日(?:\s?0[时点](?:0分(?:0秒)?)?)?|0月0日(?:\s?0[时点](?:0分(?:0秒)?)?)?)(?![\w./-]*\w)",
        "<time>",
        ("2024-06-11", "<time>"),
        ("2024年6月11日", "<time>"),
        ("2024年6月11日 10时22分", "<time>"),
        ("2024-06-11_10-22-33", "<time>"),
        ("20240611T102233Z", "<time>"),
    ),
)
"""They come before the addresses, which are numbers with dots and colons too."""

CLOCK_RULES: tuple[MaskRule, ...] = (
    rule(
        "time of day",
        rf"(?:(?<![\w:.])|(?<=[A-Za-z]:))0:0(?::0(?:[.,:]0)?{_HALF}(?:Z|[+-]0:0|\s{_ZONE_NAME})?|\s?[AaPp](?:M|m|\.[Mm]\.))(?!\w|:\w)",
        "<time>",
        ("10:22:33,123", "<time>"),
        ("3:04PM", "<time>"),
        ("10:22:33+08:00", "<time>"),
        needs=("0:0",),
    ),
)
"""They come behind the addresses."""

DURATION_RULES: tuple[MaskRule, ...] = (
    # ISO 8601.
    rule(
        "period",
        r"(?<![\w.])[+-]?P(?=0|T0)(?:0[YMWD])*+(?:T(?:0(?:\.0)?[HMS])++)?(?!\w)",
        "<duration>",
        ("PT1H30M", "<duration>"),
        ("P1DT2.5S", "<duration>"),
        needs=("PT0", "P0"),
    ),
    rule(
        "duration",
        rf"(?<![\w.-])[+-]?(?:0(?:\.0)?\s?[~-]\s?)?{_LENGTH}(?:\s?{_LENGTH})*(?!\w)",
        "<duration>",
        ("31 s", "<duration>"),
        ("1000 MILLISECONDS", "<duration>"),
        ("1d2h3m4.5s", "<duration>"),
        ("1m 30s", "<duration>"),
        ("10-20 ms", "<duration>"),
        ("2 weeks", "<duration>"),
        ("30秒", "<duration>"),
        ("5分30秒", "<duration>"),
        needs=("0",),
    ),
)
