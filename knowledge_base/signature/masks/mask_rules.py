"""What is masked, in this order. See :class:`MaskRule` for what the columns mean.

The patterns see the reduced text, where every run of digits is one ``0``: ``0.0.0.0`` is any IPv4
address. They are applied one after the other (one big alternation turns quadratic on hostile lines),
start at the border of a token, and never look inside a placeholder.
"""

from __future__ import annotations

import re

from knowledge_base.signature.kinds import PLACEHOLDER_PATTERN
from knowledge_base.signature.masks.address_rules import ADDRESS_RULES, HOST_RULES, URL_RULES, WINDOWS_RULES
from knowledge_base.signature.masks.announced_rules import ANNOUNCED_RULES
from knowledge_base.signature.masks.name_rules import NAME_RULES
from knowledge_base.signature.masks.rule import MaskRule, rule
from knowledge_base.signature.masks.shaped_rules import SHAPED_RULES
from knowledge_base.signature.masks.system_rules import SYSTEM_RULES
from knowledge_base.signature.masks.time_rules import CLOCK_RULES, DURATION_RULES, TIME_RULES
from knowledge_base.signature.masks.value_rules import VALUE_RULES

# What ends a file's name, and what does so only where the name has a sign or a digit: console.log is a function.
_DOCUMENT = (
    "so(?:\\.0)*|sh|jar|py|whl|csv|parquet|orc|gz|tgz|zip|json|xml|ya?ml|conf|sql|pem|txt|bak|pdf|docx?|xlsx?|pptx?|png|jpe?g"
    "|gif|svg|html?|exe|dll|msi|bat|plist|cnf|ini|tar|deb|rpm|iso|xz|bz0|war|apk|mp0"
)
_FILE_TYPE = (
    "(?:avro|c|cfg|cpp|crc|dat|db|js|jsonl|log|lock|lzo|out|pid|properties|ps0|rb|snappy|sock|sst|tmp|toml|ts|zst)"
)
_SIGN = re.compile("[0_-]")

_NUMBER_ALONE = re.compile(r"<hex>|<uuid>|-?(?:\$?0(?:\.0)*|0(?:\.0)?[eE]0|0(?:st|nd|rd|th)|[A-Za-z]+0)")
_CLASS_NAME = re.compile(r"(?:[A-Za-z_][\w]*\.)+[A-Z]\w*[a-z]\w*(?:\$\w+)*", re.ASCII)
_WORD_OF_KEPT_DIGITS = re.compile("[A-Za-z.-]*[\ue000-\uf8ff][^0]*")


def _identifier(match: re.Match[str]) -> str:
    """Mask a token with digits, unless it is a number, a word with a number behind it, or a class."""
    token = match[0]
    if _NUMBER_ALONE.fullmatch(token) or _CLASS_NAME.fullmatch(token) or _WORD_OF_KEPT_DIGITS.fullmatch(token):
        return token
    return "<id>"


def _file(match: re.Match[str]) -> str:
    return "<path>" if match[1] or _SIGN.search(match[0]) else match[0]


MASK_RULES: tuple[MaskRule, ...] = (
    *URL_RULES,
    *TIME_RULES,
    *ADDRESS_RULES,
    *CLOCK_RULES,
    *NAME_RULES,
    *SYSTEM_RULES,
    *VALUE_RULES,
    *SHAPED_RULES,
    *ANNOUNCED_RULES,
    *HOST_RULES,
    *WINDOWS_RULES,
    rule(
        "path",
        rf"(?<![\w<>/.@)-])(?:~|\.{{1,2}}|file:)?/(?:[\w.@%+=~:$#*{{}}-]|{PLACEHOLDER_PATTERN})"
        rf"(?:[\w.@%+=~:$#*/{{}}-]|{PLACEHOLDER_PATTERN}|(?<=/)[\u4e00-\u9fff]+)*(?<![.:])"
        rf"(?:\?(?:[\w.%=&+~:@/-]|{PLACEHOLDER_PATTERN})+(?<![.:]))?",
        "<path>",
        ("/v2/items?page=2", "<path>"),
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
        r"(?<![\w<>/.:@%+=~-])[\w.@%+=~-]+(?:/[\w.@%+=~-]+){2,}(?<!\.)(?![\w/])",
        "<path>",
        ("conf/site/core-site.xml", "<path>"),
        needs=("/",),
    ),
    rule(
        "file name",
        rf"(?<![\w./-])[\w-]+(?:\.[\w-]+)*\.(?:({_DOCUMENT})|{_FILE_TYPE})(?![\w(-]|\.\w)",
        _file,
        ("libzstd.so.1.5", "<path>"),
        ("deploy.sh", "<path>"),
        ("report.txt", "<path>"),
        ("events-2024.dat", "<path>"),
        ("part-00000.avro", "<path>"),
        ("console.log", "console.log"),
        needs=(".",),
    ),
    rule(
        "number with a sign in its exponent",
        r"(?<![\w.])[+-]?0(?:\.0)?[eE][+-]0(?![\w-]|\.\w)",
        "<n>",
        ("-3.5E-07", "<n>"),
        needs=("e-0", "E-0", "e+0", "E+0"),
    ),
    rule(
        "size",
        r"(?<![\w.-])[+-]?(?:0(?:\.0)?\s?[~-]\s?)?0(?:\.0)?\s?(?:(?:KiB|MiB|GiB|TiB|PiB|EiB|Kib|Mib|Gib|[KMGTPE][Bb]?|[kmgt]i?[bB]|k|[Bb]ytes?|B|bits?"
        r"|(?:[Kk]ilo|[Mm]ega|[Gg]iga|[Tt]era)(?:bytes?|bits?))(?:/s(?:ec)?)?(?!\w)|(?:kbps|Kbps|Mbps|Gbps|kb/s|bps)(?!\w)|(?:千|兆|吉)?字节|兆)",
        "<size>",
        ("4.5 GB", "<size>"),
        ("33554432 bytes", "<size>"),
        ("512MiB", "<size>"),
        ("8192kB", "<size>"),
        ("100 Mbps", "<size>"),
        ("10字节", "<size>"),
        needs=("0",),
    ),
    *DURATION_RULES,
    rule(
        "hexadecimal",
        r"(?<!\w)(?:(?<!\\)0x[0-9a-fA-F]+|#(?=0*[a-fA-F])(?=[a-fA-F]*0)[0a-fA-F]{2,8}|\\(?:x|u|U|0x)[0a-fA-F]{1,8}"
        r"|U\+[0A-F]{2,6})(?!\w)",
        "<hex>",
        ("0x7f3a", "<hex>"),
        ("#ff00aa", "<hex>"),
        ("\\xff", "<hex>"),
        needs=("0x", "#", "\\x", "\\u", "\\U", "U+"),
    ),
    rule(
        "hexadecimal letters",
        r"[a-fA-F]{4}(?<!\w.{4})[a-fA-F]{4,}(?!\w)",
        "<hex>",
        ("deadbeef", "<hex>"),
    ),
    rule(
        "pod",
        r"(?<![\w.-])[a-z0]+(?:-[a-z0]+)*-(?:<hex>|(?=[a-z0]*0)[a-z0]{2,10})"
        r"-(?:(?=[a-z]*0)[a-z0]{2,9}|[b-df-hj-np-tv-z]{5})(?![\w-]|\.\w)",
        "<pod>",
        ("orders-api-7d9f8b6c5d-x2x4z", "<pod>"),
        ("dns-5d78c9869d-xkcdz", "<pod>"),
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
        r"(?<![\ue000-\uf8ff])(?:(?<![\w.])[+-])?0(?:\.0)*(?:[eE][+-]?0|(?:st|nd|rd|th)(?!\w))?%?",
        "<n>",
        ("12345", "<n>"),
        ("-3.5e-07", "<n>"),
        ("97%", "<n>"),
        ("12th", "<n>"),
        ("worker12", "worker<n>"),
        needs=("0",),
    ),
)
