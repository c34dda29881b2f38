"""Names that are known by what stands before them: tables, columns, users, pods, quoted words."""

from __future__ import annotations

import re

from knowledge_base.signature.kinds import PLACEHOLDER
from knowledge_base.signature.masks.name_shapes import means_something
from knowledge_base.signature.masks.rule import MaskRule, rule

_CONTEXT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?:{words})[\s:=(]*$", re.IGNORECASE), placeholder)
    for words, placeholder in (
        (r"table(?: name)?|relation|view|表|视图", "<table>"),
        (r"column|field|attribute|列|字段", "<column>"),
        (r"partition|分区", "<partition>"),
        (r"user|role|account|owner|principal|用户|角色", "<user>"),
        (r"class|module|package|bean|类|模块", "<class>"),
        (r"pods?", "<pod>"),
        (r"host|server|node|主机|节点", "<host>"),
        (r"file|path|directory|dir|folder|文件|路径|目录", "<path>"),
    )
)
# What stands after these is a state or a code and stays.
_STAYS_AFTER = re.compile(
    r"(?:code|reason|type|state|status|(?<![A-Za-z])(?:error|exception)|level|severity|kind|cause|错误|原因|状态)[\"']?\s?[:：=]\s?$",
    re.I,
)
# Types and literals of languages and databases are meaning, also in quotes.
_STAYS = re.compile(
    r"(?i:none|null|nil|true|false|undefined|nan|NoneType|int|integer|long|str|string|bytes?|float|double|bool|boolean|list"
    r"|dict|tuple|set|object|function|method|module|type|array|map|struct|date|datetime|timestamp|decimal|bigint|varchar"
    r"|text|char|binary|number|numeric|json|ascii|gbk|latin|and|or|in|select|from|where|group|order|join|limit)"
    r"|.*(?:::|\(\)).*|[^.]*[\ue000-\uf8ff].*|.*[\ue000-\uf8ff]\w*(?:Exception|Error)"
)
_BLANK = re.compile(r"\s")
_PATH = re.compile(r"/\w|~/|\.{1,2}/|[A-Za-z]:[\\/]|\\\\\w", re.ASCII)
_WORD = r"[\w$\ue000-\uf8ff./:*@%+#,<>\[\]{}=\\-]"
_IN_QUOTES = re.compile(rf"{_WORD}+", re.ASCII)


def placeholder_before(before: str) -> str | None:
    """Tell what a quoted name is from the noun before it; None where there is no such noun.

    >>> placeholder_before("no such table "), placeholder_before("failed: ")
    ('<table>', None)
    """
    return next((placeholder for pattern, placeholder in _CONTEXT if pattern.search(before)), None)


def _quoted(match: re.Match[str]) -> str:
    quote, content, closing = match[1], match[2], match[3]
    before = match.string[max(0, match.start() - 24) : match.start()]
    if _BLANK.search(content):
        placeholder = _of_words(content, before)
        return f"{quote}{placeholder}{closing}" if placeholder else match[0]
    if (
        not _IN_QUOTES.fullmatch(content)
        or PLACEHOLDER.fullmatch(content)
        or _STAYS.fullmatch(content)
        or _STAYS_AFTER.search(before)
    ):
        return match[0]
    return f"{quote}{placeholder_before(before) or '<str>'}{closing}"


def _of_words(content: str, before: str) -> str | None:
    """Tell what several words in quotes are where a noun or a key announces them; others may be a message."""
    if _PATH.match(content):
        return "<path>"
    if placeholder := placeholder_before(before):
        return placeholder
    return "<str>" if before.endswith("=") and not means_something(before) else None


NAME_RULES: tuple[MaskRule, ...] = (
    rule(
        "partition",
        r"(?<![\w.])(?:ds|dt|pt|hh|hour|day|date|month|year|p_date|pdate|bizdate)\s?=\s?(['\"]?)(?:[\w-]|<[a-z]{1,9}>)+\1"
        r"(?:[,/](?:ds|dt|pt|hh|hour|day|date|month|year)\s?=\s?['\"]?(?:[\w-]|<[a-z]{1,9}>)+['\"]?)*(?!\w)",
        "<partition>",
        ("ds=20240611", "<partition>"),
        ("dt='2024-06-11'/hh=01", "<partition>"),
        needs=("=",),
    ),
    rule(
        "in quotes",
        r"""(?:(?<![\w)\]>])|(?<=\b[bBfFrRuU]))(["'`])(?=[^\s"'`])([^"'`\n]{1,600}+)(?<!\s)(\1)"""
        r"""(?![\w"'`<]|\s?:\s?(?:["'\[{0<-]|true|false|null))""",
        _quoted,
        ("'dwd_orders'", "'<str>'"),
        ('"public.parcels"', '"<str>"'),
        ("table `sales.orders`", "table `<table>`"),
        ("b'abc'", "b'<str>'"),
        ("user 'Ann Lee'", "user '<user>'"),
        ("'/srv/my files/a.csv'", "'<path>'"),
        ('"C:\\Program Files\\Acme\\a.exe"', '"<path>"'),
        ('title="Daily report" x', 'title="Daily report" x'),
        ('tag="View Lock"', 'tag="<str>"'),
        needs=('"', "'", "`"),
    ),
    rule(
        "word in Chinese quotes",
        rf"([“‘「『《【«])({_WORD}{{1,300}})([”’」』》】»])",
        _quoted,
        ("表“dwd_orders”", "表“<table>”"),
        needs=("“", "‘", "「", "『", "《", "【", "«"),
    ),
    rule(
        "table",
        r"(\b(?:table|relation|view)(?:\sor\sview)?[\s:=]{1,3}|[表](?:名)?[\s:：=]{0,2})"
        r"(?!<)(?:[A-Za-z][\w$-]*(?:\.[\w$-]+)+|[A-Za-z]\w*_\w*)(?![\w(])",
        r"\1<table>",
        ("table sales.orders", "table <table>"),
        ("表dwd_orders不存在", "表<table>不存在"),
        needs=("able", "TABLE", "elation", "iew", "VIEW", "表"),
        ignore_case=True,
    ),
    rule(
        "column",
        r"(\b(?:column|field)[\s:=]{1,3}|(?:字段|列)(?:名)?[\s:：=]{0,2})(?!<)[A-Za-z]\w*[._]\w[\w.]*(?![\w(])",
        r"\1<column>",
        ("column parcel_weight cannot be resolved", "column <column> cannot be resolved"),
        needs=("olumn", "COLUMN", "ield", "字段", "列"),
        ignore_case=True,
    ),
    rule(
        "missing class",
        r"((?:ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError|NoSuchFieldError|UnsupportedClassVersionError|\bClass)"
        r":?\s)(?![\w.$]*(?:Exception|Error)\b)(?:Could not initialize class )?[a-z]\w*(?:[./][\w$]+){2,}",
        r"\1<class>",
        ("java.lang.ClassNotFoundException: org.acme.jobs.Loader", "java.lang.ClassNotFoundException: <class>"),
        ("Class org.acme.jobs.Loader not found", "Class <class> not found"),
        needs=("Class", "NoSuch"),
    ),
    rule(
        "class",
        r"(\bclass\s)(?![\w.$]*(?:Exception|Error|Throwable)\b)[a-z]\w*(?:\.[\w$]+){2,}",
        r"\1<class>",
        ("class org.acme.jobs.Loader", "class <class>"),
        needs=("class ",),
    ),
    rule(
        "identity in key=value",
        r"(?<![A-Za-z_.])((?:user(?:name)?|[re]?uid|[re]?gid|ruser|logname|login|owner|account|role|principal|acl|group|queue|pool|tenant"
        r"|project|db|database|schema|table|tbl|view|column|col|host|hostname|rhost|server|node|worker|broker|client|peer|addr"
        r"|address|remote|ip|tty|name|id|[a-z]{1,12}_?id|key|topic|partition|path|src|dst|dest|file(?:name)?|dir|pod|namespace"
        r"|container|image|job|task|app|appid|service|perm|cmd|ugi|proto)=)(?=[^\s,;<])(?:[^\s,;)\]}<>\"'&，。；：！？、）】”]|<[a-z]{1,9}>)+(?<![.:])",
        r"\1<str>",
        ("user=ann queue=default", "user=<str> queue=<str>"),
        needs=("=",),
        ignore_case=True,
    ),
    rule(
        "user",
        r"(\b(?:invalid|illegal|unknown|for|by|as|run)\s(?:user|role|account)[\s:]{1,2})(?![<\s])[\w.$@-]+",
        r"\1<user>",
        ("unknown user ann", "unknown user <user>"),
        needs=("user", "role", "account"),
    ),
    # sshd, ftpd, pam: "password for root from 10.0.0.1".
    rule(
        "user who comes from a host",
        r"(\b(?:for|by|user|password)\s)(?![<\s])[\w.$@-]+(?=\sfrom\s<)",
        r"\1<user>",
        ("password for root from 10.2.3.4", "password for <user> from <ip>"),
        needs=(" from <",),
    ),
)
