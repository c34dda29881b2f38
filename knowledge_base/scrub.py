"""Secrets and personal data are taken out of a text before anything of it is stored.

Each find is replaced by one of the masker's own placeholders, so that a scrubbed line has the
signature of the line itself. Scrubbing is idempotent, and linear in the length of the text: each
pattern is anchored at the start of a token or at a literal, and nothing in it can be split two ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class ScrubRule:
    """One sort of secret.

    The rule is tried only where one of ``needs`` stands in the lower-cased text and ``probe``, if there is
    one, matches it too: patterns that ignore case are slow.
    """

    name: str
    pattern: re.Pattern[str]
    replacement: Replacement
    needs: tuple[str, ...]
    probe: re.Pattern[str] | None = None


def luhn_holds(digits: str) -> bool:
    """Tell whether ``digits`` end in the check digit of ISO/IEC 7812.

    >>> luhn_holds("4111111111111111"), luhn_holds("4111111111111112")
    (True, False)
    """
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def identity_card_holds(number: str) -> bool:
    """Tell whether ``number`` is a Chinese identity number of 18 places (GB 11643-1999).

    >>> identity_card_holds("11010519491231002X"), identity_card_holds("110105194912310021")
    (True, False)
    """
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * (pow(2, 17 - place, 11)) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _in_place_of(match: re.Match[str], placeholder: str) -> str:
    """Quote the placeholder where a bare JSON number stood, so that the line stays JSON."""
    before = match.string[max(0, match.start() - 4) : match.start()].rstrip()
    after = match.string[match.end() : match.end() + 1]
    return f'"{placeholder}"' if before.endswith('":') and after in ",} ]" else placeholder


def _card(match: re.Match[str]) -> str:
    digits = match[0].replace(" ", "").replace("-", "")
    return _in_place_of(match, "<card>") if luhn_holds(digits) else match[0]


def _identity_card(match: re.Match[str]) -> str:
    return _in_place_of(match, "<idcard>") if identity_card_holds(match[0]) else match[0]


def _phone(match: re.Match[str]) -> str:
    return _in_place_of(match, "<phone>")


# A value ends where the next thing begins; a value that is the placeholder already is left alone.
_VALUE = r"""(?!<secret>(?:[\s,;&"'`)\]}\\]|$))[^\s,;&"'`)\]}\\，。；！？、]+"""
_QUOTED = r"""\\"(?!<secret>\\")[^"\\\n]+\\"|"(?!<secret>")(?:[^"\\\n]|\\.)+"|'(?!<secret>')(?:[^'\\\n]|\\.)+'"""
# What often follows "password:" in a message about passwords and is none.
_PROSE = r"(?!(?:null|none|nil|true|false|yes|no|not|is|was|has|must|expired|invalid|missing|required|incorrect)\b)"
# An object that is printed with its class is none either: token=Token{3c2f1 u0}, token=android.os.BinderProxy@1b2c.
_OBJECT = r"(?!(?-i:[A-Z][A-Za-z]{1,40}\{|(?:[a-z]{1,20}\.){1,8}[A-Z]\w{1,40}@[0-9a-f]{1,8}\b))"

_JSON_NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")


def _keep_quotes(match: re.Match[str]) -> str:
    value = match[2]
    quote = value[: 2 if value.startswith("\\") else 1] if value[0] in "\"'\\" else ""
    if not quote and _JSON_NUMBER.fullmatch(value) and match[1].rstrip().endswith('":'):
        quote = '"'
    return f"{match[1]}{quote}<secret>{quote}"


_PASSWORD_PROBE = re.compile(r"""(?:passw(?:or)?d|passphrase|pwd|密码|口令)[\w-]{0,20}\\?["']?\s{0,4}[=:：]""")
_KEY_PROBE = re.compile(r"""(?:secret|token|key|credential)s?[\w-]{0,20}\\?["']?\s{0,4}[=:：]""")
_DOMAIN_PROBE = re.compile(r"@[a-z0-9-]{1,63}\.")

SCRUB_RULES: tuple[ScrubRule, ...] = (
    ScrubRule(
        "private key",
        re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.S),
        "<secret>",
        ("private key-----",),
    ),
    ScrubRule(
        "password in a URL",
        re.compile(r"(://[^\s/:@\"']{0,128}:)(?!<secret>@)[^\s/@\"']+(?=@)"),
        r"\1<secret>",
        ("@",),
        re.compile("://"),
    ),
    ScrubRule(
        "JSON web token",
        re.compile(r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+)?", re.A),
        "<secret>",
        ("eyj",),
    ),
    ScrubRule(
        "authorization header",
        re.compile(
            r"""(?i)(authorization["']?\s{0,4}[=:]\s{0,4}["']?(?:(?:basic|bearer|digest|token|negotiate)\s{1,4})?+)"""
            r"""((?!<secret>)[^\s,;"']+)"""
        ),
        r"\1<secret>",
        ("authorization",),
    ),
    ScrubRule("bearer token", re.compile(r"(?i)(bearer\s{1,4})[\w.~+/=-]{8,}", re.A), r"\1<secret>", ("bearer",)),
    ScrubRule("AWS key", re.compile(r"(?:AKIA|ASIA)[0-9A-Z]{16}\b", re.A), "<secret>", ("akia", "asia")),
    ScrubRule("Aliyun key", re.compile(r"LTAI[0-9A-Za-z]{12,30}\b", re.A), "<secret>", ("ltai",)),
    ScrubRule("Google key", re.compile(r"AIza[\w-]{30,50}", re.A), "<secret>", ("aiza",)),
    ScrubRule("Slack token", re.compile(r"xox[abeoprs]-[\w-]{10,}", re.A), "<secret>", ("xox",)),
    ScrubRule(
        "GitHub token",
        re.compile(r"(?:gh[opsur]_[0-9A-Za-z]{20,}|github_pat_\w{20,})", re.A),
        "<secret>",
        ("gho_", "ghp_", "ghs_", "ghu_", "ghr_", "github_pat_"),
    ),
    ScrubRule(
        "Slack address",
        re.compile(
            r"(hooks\.slack\.com/(?:services|commands|actions|workflows|triggers|app)/)(?!<secret>)[\w/-]+", re.A
        ),
        r"\1<secret>",
        ("hooks.slack.com/",),
    ),
    ScrubRule(
        "secret in a query",
        re.compile(r"(?i)([?&](?:session|access_token|ticket|sig|signature)=)(?!<secret>)[^\s&#\"'<>`)\]}]+"),
        r"\1<secret>",
        ("session=", "access_token=", "ticket=", "sig=", "signature="),
    ),
    ScrubRule(
        "password",
        re.compile(
            r"(?i)(?<!/etc/)((?:passw(?:or)?d|passphrase|pwd|密码|口令)[\w-]{0,20}\\?[\"']?\s{0,4}(?:=|:|：)\s{0,4})"
            rf"({_QUOTED}|{_PROSE}{_VALUE})"
        ),
        _keep_quotes,
        ("passw", "passphrase", "pwd", "密码", "口令"),
        _PASSWORD_PROBE,
    ),
    ScrubRule(
        "secret or key",
        re.compile(
            r"(?i)((?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?[\w-]{0,20}\\?[\"']?"
            r"(?:\s{0,4}=\s{0,4}|[:：](?=\S)))"
            rf"({_QUOTED}|{_PROSE}{_OBJECT}{_VALUE})"
        ),
        _keep_quotes,
        ("secret", "token", "key", "credential"),
        _KEY_PROBE,
    ),
    # After a colon and a space a word may follow ("unexpected token: SELECT"): only what looks random goes.
    ScrubRule(
        "secret or key after a colon",
        re.compile(
            r"(?i)((?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?[\w-]{0,20}\\?[\"']?"
            r"\s{0,4}[:：]\s{1,4})"
            r"""("(?!<secret>")(?=[^"\n]{0,256}\d)(?:[^"\\\n]|\\.)+"|'(?!<secret>')(?=[^'\n]{0,256}\d)[^'\n]+'"""
            r"""|(?=[^\s,;"'\d]{0,64}\d)[^\s,;&"'`)\]}<>\\]{6,})"""
        ),
        _keep_quotes,
        ("secret", "token", "key", "credential"),
        _KEY_PROBE,
    ),
    ScrubRule(
        "e-mail address",
        re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b", re.A),
        "<email>",
        ("@",),
        _DOMAIN_PROBE,
    ),
)

# Numbers are looked for only where a line holds enough digits in a row.
NUMBER_RULES: tuple[tuple[str, re.Pattern[str], Replacement], ...] = (
    ("identity card", re.compile(r"(?<![\w.-])[1-9]\d{16}[\dXx](?![\w-])", re.A), _identity_card),
    (
        "payment card",
        re.compile(
            r"(?<![\w.-])(?:[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d\d([ -]?)\d{6}\2\d{5}|[46]\d{18})(?![\w-])",
            re.A,
        ),
        _card,
    ),
    (
        "Chinese telephone",
        re.compile(r"(?<![\w.+-])(?:(?:\+|00)86[ -]?)?1[3-9]\d(?:\d{8}|-\d{4}-\d{4}| \d{4} \d{4})(?![\w-]|\.\d)", re.A),
        _phone,
    ),
    (
        "international telephone",
        re.compile(
            r"(?<![\w.+:-])\+[1-9]\d{0,2}[ -]?(?:\(\d{1,4}\)[ -]?)?\d{2,5}(?:[ -]?\d{2,5}){1,3}(?![\w-]|[.:]\d)", re.A
        ),
        _phone,
    ),
    # With the code of the area: 010-62345678, (415) 555-2671.
    (
        "telephone of an area",
        re.compile(r"(?<![\w.-])(?:0\d{2,3}-\d{7,8}|\([2-9]\d\d\) \d{3}-\d{4})(?![\w-]|\.\d)", re.A),
        _phone,
    ),
)
_ZEROS = str.maketrans("123456789", "0" * 9)
_BLOCK = 16
# The lengths that telephone, card and identity numbers have, or the beginning of a grouped one.
_NUMBER_PROBE = re.compile(
    r"(?<![\w.-])[0-9]{3}(?:[0-9]{8}(?:[0-9]{4,5}|[0-9]{6}[0-9Xx]|[0-9]{8})?(?![\w-])|[0-9]?[ -][0-9]{4})|\+[1-9]",
    re.ASCII,
)
_COUNT = re.compile(r"\{[0-9]+,[0-9]+\}")
_RULES_OF: tuple[tuple[str, tuple[int, ...]], ...] = tuple(
    (need, tuple(number for number, rule in enumerate(SCRUB_RULES) if need in rule.needs))
    for need in dict.fromkeys(need for rule in SCRUB_RULES for need in rule.needs)
)


def _has_long_number(shape: str) -> bool:
    """Tell whether a text whose digits are all 0 may hold a telephone, card or identity number."""
    # Written out: a generator costs more than the four searches.
    return "00000000000" in shape or "0000 0000" in shape or "000-0000" in shape or "+0" in shape


def _without_hexadecimal(lowered: str) -> str:
    """Put a digit in place of masked hexadecimal values: probes take the values for parts of a word."""
    return lowered.replace("<hex>", "0").replace("<uuid>", "0") if "<" in lowered else lowered


def may_hold_secret(collapsed: str) -> bool:
    """Tell whether a text may hold a secret, from what it is with each run of digits as one ``0``.

    Its hexadecimal values may be masked. Numbers are not looked for. Probes tell no digit from another, so that what
    they find in a text they find in the collapsed one too.
    """
    lowered = _without_hexadecimal(collapsed.lower())
    for need, numbers in _RULES_OF:
        if need in lowered:
            for number in numbers:
                probe = SCRUB_RULES[number].probe
                if probe is None or probe.search(lowered):
                    return True
    return False


def holds_number(text: str) -> bool:
    """Tell whether a text holds a telephone, card or identity number."""
    return _NUMBER_PROBE.search(text) is not None and any(
        pattern.sub(replacement, text) != text for _, pattern, replacement in NUMBER_RULES
    )


def may_hold_secret_with_other_words(text: str) -> bool:
    """Tell whether a text may hold a secret if some of its words, which announce none, were others."""
    lowered = _without_hexadecimal(text.lower())
    for need, numbers in _RULES_OF:
        if need in lowered:
            for number in numbers:
                probe = SCRUB_RULES[number].probe
                # Other words are longer or shorter.
                if probe is None or re.search(_COUNT.sub("*", probe.pattern), lowered):
                    return True
    return False


def may_hold_number_of_any_digits(text: str) -> bool:
    """Tell whether a text may hold a telephone, card or identity number, if its digits were others."""
    return _has_long_number(text.translate(_ZEROS))


def scrub(text: str) -> str:
    """Replace passwords, keys, tokens, e-mail addresses, telephone, card and identity numbers.

    Names of tables, hosts and paths stay. ``scrub(scrub(text)) == scrub(text)``.

    >>> scrub("jdbc:mysql://app:hunter2@db-1/sales failed for ann@example.com, token=abc123")
    'jdbc:mysql://app:<secret>@db-1/sales failed for <email>, token=<secret>'
    """
    lowered = text.lower()
    wanted = [numbers for need, numbers in _RULES_OF if need in lowered]
    for number in sorted({number for numbers in wanted for number in numbers}) if wanted else ():
        rule = SCRUB_RULES[number]
        if rule.probe is None or rule.probe.search(lowered):
            text = rule.pattern.sub(rule.replacement, text)
    shape = text.translate(_ZEROS)
    if _has_long_number(shape) and _NUMBER_PROBE.search(text):
        for _name, pattern, replacement in NUMBER_RULES:
            text = pattern.sub(replacement, text)
    return text


def scrub_all(texts: Sequence[str]) -> list[str]:
    """Scrub many texts; the same results as :func:`scrub` for each, faster where few hold a secret."""
    scrubbed: list[str] = []
    for start in range(0, len(texts), _BLOCK):
        block = texts[start : start + _BLOCK]
        # A block in which nothing can be found needs no look at its texts.
        joined = "\x00".join(block).lower()
        found = [need for need, _ in _RULES_OF if need in joined] or _has_long_number(joined.translate(_ZEROS))
        scrubbed += map(scrub, block) if found else block
    return scrubbed
