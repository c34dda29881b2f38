"""What operating systems, phones and clusters of machines print: devices, packages, windows, lists of nodes."""

from __future__ import annotations

import re

from knowledge_base.signature.kinds import PLACEHOLDER_PATTERN
from knowledge_base.signature.masks.rule import MaskRule, rule

_FLAT = r"\{[^{}\n]*+\}"
_NESTED = rf"\{{[^{{}}\n]*+(?:{_FLAT}[^{{}}\n]*+)*+\}}"
# A part of a package's name: small letters.
_PART = r"[a-z][a-z0_]*+"
_PREPOSITION = re.compile(r"(?<![A-Za-z])(?:from|to|on|at|via|host|node|server|machine|interface|device)$")


def _numbered_name(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 10) : match.start()]
    return f"{match[0][0]}<id>" if _PREPOSITION.search(before) else match[0]


SYSTEM_RULES: tuple[MaskRule, ...] = (
    # Android prints an object as its class, its hash and what it belongs to: Window{3c2f1 u0 com.acme/.Main}.
    rule(
        "object in braces",
        rf"(?<![\w.])([A-Z][\w.$]*+\{{)(?:<hex>|(?=[a-f]*0)[0a-f]{{1,16}})(?=[\s}}])[^{{}}\n]*+(?:{_NESTED}[^{{}}\n]*+)*+\}}",
        r"\1<id>}",
        ("Window{3c2f1 u0 com.acme/.Main}", "Window{<id>}"),
        ("Token{9f4ef63 token=Token{a64f992 Record{de92 u0 t7}}}", "Token{<id>}"),
        needs=("{",),
    ),
    rule(
        "thread of Java",
        r"(\bThread\[)(?!<)[^\[\]\n]{1,200}+\]",
        r"\1<str>]",
        ("Thread[main,5,main]", "Thread[<str>]"),
        needs=("Thread[",),
    ),
    rule(
        "component of a package",
        rf"(?<![\w.$/@-]){_PART}(?:\.{_PART})++/\.?[A-Za-z][\w.$]*(?<!\.)(?![\w(/-])",
        "<class>",
        ("com.acme.shop/.MainActivity", "<class>"),
        needs=("/.", "/com.", "/org.", "/cn."),
    ),
    rule(
        "package",
        rf"(?<![\w.$/@-])(?:com|org|cn)\.{_PART}(?:\.[a-z][\w-]*+(?<![A-Z]))+(?::[a-z]\w*)?(?![\w$(-]|\.\w|=)",
        "<class>",
        ("com.acme.shop", "<class>"),
        ("com.acme.shop:push", "<class>"),
        needs=("com.", "org.", "cn."),
    ),
    # Slurm and others write many nodes as cn[001-012,014].
    rule(
        "list of nodes",
        r"(?<![\w.-])[A-Za-z][\w-]*\[(?=[^\]]{0,400}[-, ])0(?:-0)?(?:[,\s]{1,2}0(?:-0)?)*+\]",
        "<host>",
        ("cn[001-012,014]", "<host>"),
        ("node-[40-63 128]", "<host>"),
        needs=("[0-0", "[0,", "[0 "),
    ),
    rule(
        "node and itself",
        r"(?<![\w./-])([A-Za-z]+0)/\1(?![\w/-])",
        "<host>",
        ("an228/an228", "<host>"),
        needs=("0/",),
    ),
    rule(
        "device",
        r"(?<![\w./-])(?:(?:eth|wlan|en[ops]?|lo|ttyS|ttyUSB|tty|pts/)0(?:[a-z]0)*(?:\.0)?|sd[a-z]0?|hd[a-d]0?|x?vd[a-z]0?)(?![\w-])",
        "<id>",
        ("eth0", "<id>"),
        ("sdb1", "<id>"),
        ("sda", "<id>"),
        needs=("th0", "lan0", "en0", "eno0", "ens0", "enp0", "lo0", "tty", "pts/", "sd", "hda", "hdb", "hdc", "vd"),
    ),
    # A word with a number behind a preposition is the name of one of many.
    rule(
        "numbered name",
        r"\s[A-Za-z]+0(?![\w(=-]|\.\w)",
        _numbered_name,
        ("from cn012", "from <id>"),
        ("on node dn228", "on node <id>"),
        needs=("from ", "to ", "on ", "at ", "via ", "host ", "node ", "server ", "machine ", "interface ", "device "),
    ),
    # cron: (root) CMD (run-parts /etc/cron.hourly).
    rule(
        "command of cron",
        r"\((?!<)[\w.-]+(\)\sCMD\s\()(?!<str>)[^\n]+(?=\))",
        r"(<user>\1<str>",
        ("(root) CMD (run-parts /etc/cron.hourly)", "(<user>) CMD (<str>)"),
        needs=(") CMD (",),
    ),
    # OpenSSH prints the fingerprint of a key in base64 or in hexadecimal.
    rule(
        "fingerprint of a key",
        r"\b((?:SHA|MD)\w{1,3}:)(?=[^\s]{8})[\w+/=:]+(?!\w)",
        r"\1<hex>",
        ("SHA256:abcDEFghi+/xyZ", "SHA256:<hex>"),
        needs=("SHA", "MD"),
    ),
    # PAM: session opened for user ann by bob(uid=0).
    rule(
        "user who did it",
        rf"(\bby\s)[\w.-]+(?=\((?:uid=|e?uid=)(?:0|{PLACEHOLDER_PATTERN})\))",
        r"\1<user>",
        ("opened by root(uid=0)", "opened by <user>(uid=<str>)"),
        needs=("(uid=", "(euid="),
    ),
)
