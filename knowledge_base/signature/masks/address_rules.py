"""Addresses: URLs, accounts, IP and hardware addresses, host names, paths of Windows."""

from __future__ import annotations

import re

from knowledge_base.signature.kinds import PLACEHOLDER_PATTERN
from knowledge_base.signature.masks.rule import MaskRule, rule, widen_words

# Where an address ends in Chinese text: its punctuation, and its letters unless a slash stands before them.
_CHINESE_MARKS = "，。；：！？、（）【】「」『』《》“”‘’"
_URL_PART = rf"(?:[^\s\"'<>,;`{_CHINESE_MARKS}\u2e80-\u9fff]|(?<=/)[\u4e00-\u9fff]+|{PLACEHOLDER_PATTERN})"
_WINDOWS_PART = rf"[^\s\\\"'<>|:*?,;{_CHINESE_MARKS}]"

_HEXTET = "[0a-fA-F\ue000-\uf8ff]{1,8}"
_HEXTET_REST = "[0a-fA-F\ue000-\uf8ff]{0,7}"
# A colon may stand before them when it ends a word: addr:fe80::1.
_BORDER = r"(?:(?<![\w:.])|(?<=[A-Za-z_]{4}:)|(?<=[g-zG-Z]:))"
_BORDER_BEFORE = re.compile(widen_words(r"(?:[^\w:.]|[A-Za-z_]{4}:|[g-zG-Z]:)$"), re.ASCII)
# Some figure must be there, so that neither Face::Bed nor add:bad are addresses.
_SOME_FIGURE = "(?=[a-fA-F:]*[0\ue000-\uf8ff])"
_IPV6 = (
    rf"{_SOME_FIGURE}(?:(?:{_HEXTET}:){{7}}{_HEXTET}|(?:{_HEXTET}:){{1,6}}(?:(?::{_HEXTET}){{1,6}}|:(?:<ip>)?)"
    rf"|::{_HEXTET}(?::{_HEXTET}){{0,5}})"
)
_PARTS_OF_IP = 8
_TOP_DOMAIN = (
    "(?:com|net|org|edu|gov|mil|io|cn|de|uk|us|ca|eu|au|nz|jp|kr|fr|br|ru|in|mx|tw|hk|sg|nl|be|ch|se|dk|fi|pl|cz|ua"
    "|xyz|biz|dev|ai|local|localdomain|internal|lan|cluster|svc|intra|corp|home|arpa)"
)
# Words that also end names of settings; a host in front of them has three parts or a port.
_WIDE_DOMAIN = "(?:app|cloud|tech|online|site|top|vip|club|shop|pro|live|me|co|info|museum|travel|test|example)"


def _many_parts(match: re.Match[str]) -> str:
    """Tell the two apart, and see to it that nothing stands before them but the end of a word."""
    start = match.start()
    if start and not _BORDER_BEFORE.search(match.string[max(0, start - 5) : start]):
        return match[0]
    return "<ip>" if match[0].count(":") == _PARTS_OF_IP - 1 else "<hex>"


URL_RULES: tuple[MaskRule, ...] = (
    rule(
        "url",
        rf"(?<![\w])(?:jdbc:)?[A-Za-z][\w+.-]{{1,20}}://{_URL_PART}+(?<![.:)\]}}])",
        "<url>",
        ("hdfs://nn1:8020/user/ann/part-00000", "<url>"),
        ("jdbc:mysql://db-1:3306/sales", "<url>"),
        needs=("://",),
    ),
    rule(
        "url without slashes",
        rf"(?<!\w)(?:jdbc:[\w:]{{2,40}}+@{_URL_PART}+|mailto:{_URL_PART}+|data:[\w./+-]{{1,60}}+(?:;[\w=-]+)*+,[\w+/=]++)(?<![.:)\]}}])",
        "<url>",
        ("jdbc:oracle:thin:@db1:1521/SALES", "<url>"),
        ("data:image/png;base64,iVBORw0KGgo", "<url>"),
        needs=("jdbc:", "mailto:", "data:"),
    ),
    # Java prints an object without a text of its own as its class and its hash.
    rule(
        "class at its hash",
        r"(?<![\w$.@/\[])(?=[\w$.\[]*[A-Z])((?:\[+L?)?+[\w$.]++;?@)(?:[0a-f]{1,8}|<hex>)(?![\w@-]|\.\w)",
        r"\1<hex>",
        ("com.acme.Row@1b2c3d", "com.acme.Row@<hex>"),
        ("[Ljava.lang.String;@abc", "[Ljava.lang.String;@<hex>"),
        needs=("@",),
    ),
    rule(
        "account at a host",
        r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]+(?:\.[\w-]+)+|[a-z][\w-]*(?![\w(@/]|\.\w))",
        "<user>",
        ("etl@kdc.lab12", "<user>"),
        ("root@localhost", "<user>"),
        needs=("@",),
    ),
)

ADDRESS_RULES: tuple[MaskRule, ...] = (
    rule(
        "IPv4 address",
        r"(?<![\w.])(?:(?<!:):{2}(?:[Ff]{4}:(?:0:)?)?)?/?0\.0\.0\.0(?::0|/0)?(?![\w-]|\.\w)",
        "<ip>",
        ("10.2.3.4", "<ip>"),
        ("/10.2.3.4:50010", "<ip>"),
        ("::ffff:10.2.3.4", "<ip>"),
        needs=("0.0.0.0",),  # noqa: S104 - any address, reduced
    ),
    # Java writes an address as name/10.0.0.1.
    rule(
        "host before its address",
        r"(?<![\w./<>-])[A-Za-z0][\w.-]*/(?=<ip>)",
        "<host>/",
        ("kafka-b/10.2.3.4:9092", "<host>/<ip>"),
        needs=("/<ip>",),
    ),
    rule(
        "resource name",
        rf"(?<![\w:])(?:acs|arn|urn):(?:[\w:/*.-]|{PLACEHOLDER_PATTERN})+(?<![.:])",
        "<id>",
        ("acs:odps:*:projects/fin/tables/orders", "<id>"),
        ("arn:aws:s3:::logs/2024", "<id>"),
        needs=("acs:", "arn:", "urn:"),
    ),
    rule(
        "IPv6 address",
        rf"{_BORDER}/?(?:\[(?:{_IPV6}|::)(?:%[\w.-]*\w)?\](?::0)?|(?:{_IPV6}|::(?=/0))(?:%[\w.-]*\w)?(?:/0)?)(?![\w%]|:[\w:])",
        "<ip>",
        ("fe80::1ff:fe23:4567:890a", "<ip>"),
        ("fe80::1%eth0", "<ip>"),
        ("[2001:db8::1]:443", "<ip>"),
        ("2001:db8::/32", "<ip>"),
        ("[::]:80", "<ip>"),
        needs=("::",),
    ),
    # A hardware address has six parts, an IPv6 address that is written out has eight.
    rule(
        "address of many parts",
        rf"[0a-fA-F\ue000-\uf8ff]{_HEXTET_REST}:(?:{_HEXTET}:){{4}}{_HEXTET}(?::{_HEXTET}:{_HEXTET}(?:%[\w.-]*\w)?(?:/0)?)?(?![\w]|:\w)",
        _many_parts,
        ("00:1a:2b:3c:4d:5e", "<hex>"),
        ("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "<ip>"),
        ("addr:2001:db8:1:2:3:4:5:6", "addr:<ip>"),
        needs=(":",),
    ),
)

HOST_RULES: tuple[MaskRule, ...] = (
    rule(
        "host with port",
        rf"(?<![\w.@/$-])(?:localhost|(?:[A-Za-z0][\w-]*\.)+(?:{_TOP_DOMAIN}|{_WIDE_DOMAIN})|[A-Za-z][A-Za-z0_]*(?:-[A-Za-z0_]+)+"
        r"(?:\.[A-Za-z0-9_-]+)*):0(?!\w|[:.]\w)",
        "<host>",
        ("hadoop-master:8020", "<host>"),
        ("localhost:8080", "<host>"),
        needs=(":0",),
    ),
    rule(
        "host name",
        rf"(?<![\w.@/$-])(?!(?:com|org|java|javax|scala|net|io|cn)\.)(?:(?:[\w-]+\.){{2,}}{_WIDE_DOMAIN}|(?:[\w-]+\.)+"
        rf"(?:{_TOP_DOMAIN})(?:\.[a-z]{{2}})?|www(?:\.[\w-]+)+|localhost)(?![\w(-]|\.\w)",
        "<host>",
        ("db-1.prod.example.com", "<host>"),
        ("nn.hadoop.internal", "<host>"),
        ("localhost", "<host>"),
        needs=(".", "localhost"),
    ),
)

WINDOWS_RULES: tuple[MaskRule, ...] = (
    rule(
        "Windows path",
        rf"(?<![\w\\])(?:[A-Za-z]:|\\\\[\w.$-]+|\\\\\?|\\SystemRoot|%\w+%)\\(?:{_WINDOWS_PART}+\\)*{_WINDOWS_PART}*(?<![.)\]}}])",
        "<path>",
        ("C:\\Windows\\Temp\\a.log", "<path>"),
        needs=("\\",),
    ),
    rule(
        "Windows path with slashes",
        r"(?<![\w\\])[A-Za-z]:/[\w.@%+=~$#/-]*(?<!\.)",
        "<path>",
        ("D:/jobs/in/a.csv", "<path>"),
        needs=(":/",),
    ),
)
