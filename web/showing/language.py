"""English and Chinese: which one a reader gets, and the catalogue of translations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.core import negotiate_locale
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

ENGLISH = "en"
CHINESE = "zh"
LANGUAGES = (ENGLISH, CHINESE)
CATALOGUE = Path(__file__).parents[1] / "locale" / "zh" / "LC_MESSAGES" / "kea.po"
HEADER_LIMIT = 200

Messages = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Translator:
    """Says the pages' sentences in one language; what is filled in is escaped, the sentence never is code."""

    language: str
    messages: Messages

    def text(self, message: str, /, **values: object) -> Markup:
        """Translate a sentence; ``%(name)s`` is replaced by a value.

        >>> Translator("en", {}).text("Seen %(n)s", n="<b>")
        Markup('Seen &lt;b&gt;')
        """
        return _filled(self.messages.get(message, (message,))[0], values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> Markup:
        """Translate a sentence that depends on a number; ``%(n)s`` is the number unless given."""
        forms = self.messages.get(one, (one, many))
        return _filled(forms[0] if n == 1 or len(forms) == 1 else forms[1], {"n": n, **values})


def _filled(sentence: str, values: Mapping[str, object]) -> Markup:
    template = escape(sentence)
    return template % values if values else template


@cache
def read_catalogue(path: Path = CATALOGUE) -> Messages:
    """Read a gettext catalogue as it is written, once a process; no compiled form is needed."""
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=CHINESE, charset="utf-8")
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id and message.string and not message.fuzzy:
            key = message.id if isinstance(message.id, str) else message.id[0]
            forms = (message.string,) if isinstance(message.string, str) else tuple(message.string)
            if all(forms):
                messages[key] = forms
    return MappingProxyType(messages)


def choose_language(cookie: str, accepted: str) -> str:
    """Choose a language: the one that was switched to, else the browser's, else English.

    >>> choose_language("", "zh-CN,zh;q=0.9,en;q=0.8"), choose_language("en", "zh"), choose_language("", "fr")
    ('zh', 'en', 'en')
    """
    if cookie in LANGUAGES:
        return cookie
    return negotiate_locale(_ordered(accepted[:HEADER_LIMIT]), LANGUAGES, sep="_") or ENGLISH


def _ordered(accepted: str) -> list[str]:
    ranked = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        if weight > 0:
            ranked.append((-weight, place, tag.strip().partition("-")[0].lower()))
    return [tag for _, _, tag in sorted(ranked)]
