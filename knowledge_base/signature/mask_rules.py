"""What is masked, in this order. See :class:`MaskRule` for what the columns mean.

The patterns see the reduced text, where every run of digits is one ``0``: ``0.0.0.0`` is any IPv4
address. They are applied one after the other (one big alternation turns quadratic on hostile lines),
start at the border of a token, and never look inside a placeholder.
"""

from __future__ import annotations

import re

from knowledge_base.signature.announced_rules import ANNOUNCED_RULES
from knowledge_base.signature.kinds import PLACEHOLDER_PATTERN
from knowledge_base.signature.name_rules import NAME_RULES
from knowledge_base.signature.rule import MaskRule, rule
from knowledge_base.signature.shaped_rules import SHAPED_RULES

_MONTH = "(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}"
_CLOCK = r"0:0(?::0)?(?:[.,:]0)?"
_ZONE = r"(?:Z|\s?[+-]0(?::0)?|\s(?:UTC|GMT|CST|EST|EDT|PST|PDT|CET|CEST)(?:[+-]0(?::0)?)?)"
_HEXTET = "[0a-fA-F\ue000-\uf8ff]{1,8}"
_TOP_DOMAIN = (
    "(?:com|net|org|edu|gov|io|cn|de|uk|jp|kr|fr|br|ru|in|mx|tw|hk|sg|local|internal|lan|cluster|svc|intra|corp|home)"
)
_FILE_TYPE = (
    "(?:avro|bak|bz0|c|conf|cfg|cpp|crc|csv|dat|db|gz|html?|ini|jar|jpg|js|json|jsonl|log|lock|lzo|orc|out|parquet|pdf|pem"
    "|pid|png|properties|ps0|rb|sh|snappy|so|sock|sql|sst|tar|tmp|toml|ts|txt|war|xlsx?|xml|ya?ml|zip|zst)"
)

_NUMBER_ALONE = re.compile(r"<hex>|<uuid>|-?(?:0(?:\.0)*|[A-Za-z]+0)")
_CLASS_NAME = re.compile(r"(?:[A-Za-z_][\w]*\.)+[A-Z]\w*[a-z]\w*(?:\$\w+)*", re.ASCII)
_WORD_OF_KEPT_DIGITS = re.compile("[A-Za-z.-]*[\ue000-\uf8ff][^0]*")


def _identifier(match: re.Match[str]) -> str:
    """Mask a token with digits, unless it is a number, a word with a number behind it, or a class."""
    token = match[0]
    if _NUMBER_ALONE.fullmatch(token) or _CLASS_NAME.fullmatch(token) or _WORD_OF_KEPT_DIGITS.fullmatch(token):
        return token
    return "<id>"


MASK_RULES: tuple[MaskRule, ...] = (
    rule(
        "url",
        rf"(?<![\w])(?:jdbc:)?[A-Za-z][\w+.-]{{1,20}}://(?:[^\s\"'<>,;`]|{PLACEHOLDER_PATTERN})+(?<![.:)\]}}])",
        "<url>",
        ("hdfs://nn1:8020/user/ann/part-00000", "<url>"),
        ("jdbc:mysql://db-1:3306/sales", "<url>"),
        needs=("://",),
    ),
    rule(
        "account at a host",
        r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",
        "<user>",
        ("etl@kdc.lab12", "<user>"),
        needs=("@",),
    ),
    rule(
        "date and time",
        rf"(?<![\w.-])(?:0[-/.]0[-/.]0|0年0月0日)[T\s:]{{0,2}}{_CLOCK}{_ZONE}?(?![\w-])",
        "<time>",
        ("2024-06-11T10:22:33.123Z", "<time>"),
        ("2024/06/11 10:22:33", "<time>"),
        needs=("0:0",),
    ),
    rule(
        "date in words",
        rf"(?<!\w)(?:{_DAY},?\s{{1,2}})?(?:{_MONTH}\s{{1,2}}0|0[\s/-]{_MONTH})(?:,?[\s/:-]0)?(?:,?[\s:]{_CLOCK})?{_ZONE}?"
        r"(?:\s0)?(?!\w)",
        "<time>",
        ("Tue Jun 11 10:22:33 2024", "<time>"),
        ("Tue, 11 Jun 2024 10:22:33 GMT", "<time>"),
        ("11/Jun/2024:10:22:33 +0800", "<time>"),
        needs=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
    rule(
        "date",
        r"(?<![\w./-])(?:0-0-0|0/0/0|0年0月0日)(?![\w./-])",
        "<time>",
        ("2024-06-11", "<time>"),
        ("2024年6月11日", "<time>"),
    ),
    rule(
        "IPv4 address",
        r"(?<![\w.])/?0\.0\.0\.0(?::0|/0)?(?![\w-]|\.\w)",
        "<ip>",
        ("10.2.3.4", "<ip>"),
        ("/10.2.3.4:50010", "<ip>"),
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
        r"(?<![\w:])(?:acs|arn|urn):[\w:/*.-]+",
        "<id>",
        ("acs:odps:*:projects/fin/tables/orders", "<id>"),
        ("arn:aws:s3:::logs/2024", "<id>"),
        needs=("acs:", "arn:", "urn:"),
    ),
    rule(
        "IPv6 address",
        rf"(?<![\w:.])/?\[?(?:(?:{_HEXTET}:){{7}}{_HEXTET}|(?:{_HEXTET}:){{1,6}}(?::{_HEXTET}){{1,6}}"
        rf"|(?<=\[)::(?=\])|::(?:[Ff]{{4}}:)?(?:0\.0\.0\.0|{_HEXTET})(?::{_HEXTET}){{0,5}})(?:\]:0|\])?(?![\w:])",
        "<ip>",
        ("fe80::1ff:fe23:4567:890a", "<ip>"),
        ("[2001:db8::1]:443", "<ip>"),
        ("[::]:80", "<ip>"),
        needs=("::", ":0:0:0:0"),
    ),
    rule(
        "time of day",
        r"(?<![\w:.])0:0:0(?:[.,:]0)?(?![\w:])",
        "<time>",
        ("10:22:33,123", "<time>"),
        needs=("0:0:0",),
    ),
    *NAME_RULES,
    *SHAPED_RULES,
    *ANNOUNCED_RULES,
    rule(
        "host with port",
        rf"(?<![\w.@/$-])(?:localhost|(?:[A-Za-z][\w-]*\.)+{_TOP_DOMAIN}|[A-Za-z][A-Za-z0_]*(?:-[A-Za-z0_]+)+"
        r"(?:\.[A-Za-z0-9_-]+)*):0(?![\w:.])",
        "<host>",
        ("hadoop-master:8020", "<host>"),
        ("localhost:8080", "<host>"),
        needs=(":0",),
    ),
    rule(
        "host name",
        rf"(?<![\w.@/$-])(?!(?:com|org|java|javax|scala|net|io|cn)\.)(?:[\w-]+\.)+{_TOP_DOMAIN}(?:\.[a-z]{{2}})?(?![\w(-]|\.\w)",
        "<host>",
        ("db-1.prod.example.com", "<host>"),
        ("nn.hadoop.internal", "<host>"),
        needs=(".",),
    ),
    rule(
        "Windows path",
        r"(?<![\w\\])(?:[A-Za-z]:|\\\\[\w.$-]+|\\\\\?|\\SystemRoot|%\w+%)\\(?:[^\s\\\"'<>|:*?,;]+\\)*[^\s\\\"'<>|:*?,;]*",
        "<path>",
        ("C:\\Windows\\Temp\\a.log", "<path>"),
        needs=("\\",),
    ),
    rule(
        "path",
        rf"(?<![\w<>/.:@)-])(?:~|\.{{1,2}}|file:)?/(?:[\w.@%+=~:$#*{{}}-]|{PLACEHOLDER_PATTERN})"
        rf"(?:[\w.@%+=~:$#*/{{}}-]|{PLACEHOLDER_PATTERN})*(?<![.:])",
        "<path>",
        ("/user/hive/warehouse/dw.db/t1", "<path>"),
        ("/opt", "<path>"),
        needs=("/",),
    ),
    rule(
        "class with slashes",
        r"(?<![\w<>/.:@-])(?:org|com|javax?|scala|io|net|cn)(?:/[\w$]+){2,}(?![\w/])",
        "<class>",
        ("org/acme/jobs/Loader", "<class>"),
        needs=("/",),
    ),
    rule(
        "relative path",
        r"(?<![\w<>/.:@-])[\w.@%+=~-]+(?:/[\w.@%+=~-]+){2,}(?![\w/])",
        "<path>",
        ("conf/site/core-site.xml", "<path>"),
        needs=("/",),
    ),
    rule(
        "library or script",
        r"(?<![\w./-])[\w-]+(?:\.[\w-]+)*\.(?:so(?:\.0)*|sh|jar|py|whl|csv|parquet|orc|gz|tgz|zip|json|xml|ya?ml|conf|sql|pem)"
        r"(?![\w(]|\.\w)",
        "<path>",
        ("libzstd.so.1.5", "<path>"),
        ("deploy.sh", "<path>"),
        needs=(".",),
    ),
    rule(
        "file name",
        rf"(?<![\w./-])(?=[\w.-]*[0_-])[\w-]+(?:\.[\w-]+)*\.{_FILE_TYPE}(?![\w(]|\.\w)",
        "<path>",
        ("events-2024.dat", "<path>"),
        ("part-00000.avro", "<path>"),
        needs=(".",),
    ),
    rule(
        "size",
        r"(?<![\w.])[+-]?0(?:\.0)?\s?(?:[KMGTPE]i?B?|[kmgt]i?b|[Bb]ytes?|B)(?![\w])",
        "<size>",
        ("4.5 GB", "<size>"),
        ("33554432 bytes", "<size>"),
        ("512MiB", "<size>"),
        needs=("0",),
    ),
    rule(
        "duration",
        r"(?<![\w.])[+-]?(?:0h)?(?:0m)?0(?:\.0)?\s?(?:ns|us|µs|ms|msecs?|millis|s|secs?|mins?|m|h|hrs?|d"
        r"|(?:(?:nano|micro|milli)?seconds?|minutes?|hours?|days?)|(?:(?:NANO|MICRO|MILLI)?SECONDS?|MINUTES?|HOURS?|DAYS?)"
        r"|毫秒|微秒|秒钟?|分钟|小时|天)(?![\w])",
        "<duration>",
        ("31 s", "<duration>"),
        ("1000 MILLISECONDS", "<duration>"),
        ("30秒", "<duration>"),
        needs=("0",),
    ),
    rule(
        "hexadecimal",
        r"(?<![\w])0x[0-9a-fA-F]+(?!\w)",
        "<hex>",
        ("0x7f3a", "<hex>"),
        needs=("0x",),
    ),
    rule(
        "pod",
        r"(?<![\w.-])[a-z0]+(?:-[a-z0]+)*-(?:<hex>|(?=[a-z0]*0)[a-z0]{2,10})-(?=[a-z]*0)[a-z0]{2,9}(?![\w.-])",
        "<pod>",
        ("orders-api-7d9f8b6c5d-x2x4z", "<pod>"),
        needs=("-",),
    ),
    rule(
        "identifier",
        r"(?<![\w$.~#>-])(?=[\w$.~#-]*(?:0|<(?:hex|uuid)>)|<(?:hex|uuid)>[\w$~#-])"
        r"(?:[\w$]|<(?:hex|uuid)>)(?:[\w$-]|<(?:hex|uuid)>)*+(?:[.~#]+(?:[\w$]|<(?:hex|uuid)>)(?:[\w$-]|<(?:hex|uuid)>)*+)*+~*",
        _identifier,
        ("attempt_1700000000001_0042_m_000003_1", "<id>"),
        ("job_202406110001", "<id>"),
        ("blk_-4400112233445566778", "<id>"),
        ("broadcast_7_piece0", "<id>"),
        ("9b1c2", "<id>"),
        ("org.acme.rev12.Job", "org.acme.rev<n>.Job"),
        needs=("0", "<hex>", "<uuid>"),
    ),
    rule(
        "number",
        r"(?<![\ue000-\uf8ff])(?:(?<![\w.])[+-])?0(?:\.0)*(?:[eE][+-]?0)?%?",
        "<n>",
        ("12345", "<n>"),
        ("-3.5e-07", "<n>"),
        ("97%", "<n>"),
        ("worker12", "worker<n>"),
        needs=("0",),
    ),
)
