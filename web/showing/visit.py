"""One visit of a reader: who, which project, which language, which clock."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.types import Scope

from knowledge_base.roles import Role
from knowledge_base.store.store import Clock
from knowledge_base.store.watching.live import Seen
from knowledge_base.types import DEFAULT_PROJECT
from web.identity.cookies import read_cookies
from web.identity.session import Who
from web.showing.formats import Formats, read_zone
from web.showing.language import ENGLISH, Messages, Translator, choose_language

THEMES = ("light", "dark")
LANGUAGE_COOKIE = "kea_language"
THEME_COOKIE = "kea_theme"
ZONE_COOKIE = "kea_zone"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs to know of its reader; ``here`` is the address to come back to.

    ``seen`` is the state that the page shows, so that it can tell what changed since; None where it shows none.
    """

    who: Who | None
    project: str
    theme: str
    here: str
    fragment: bool
    formats: Formats
    seen: Seen | None = None

    @property
    def language(self) -> str:
        """The language that the page is in."""
        return self.formats.translator.language

    def may(self, least: str) -> bool:
        """Whether the reader's role in the project covers another one; what it does not is not offered."""
        return self.who is not None and self.who.may(Role(least), self.project)

    def url(self, path: str, **parameters: object) -> str:
        """Write an address within Kea that stays in the project; empty parameters are left out."""
        chosen = {} if self.project == DEFAULT_PROJECT else {"project": self.project}
        chosen |= {name: str(value) for name, value in parameters.items() if value not in (None, "")}
        return f"{path}?{urlencode(chosen)}" if chosen else path


def read_visit(scope: Scope, *, project: str, messages: Messages, clock: Clock, seen: Seen | None = None) -> Visit:
    """Read a visit off a request."""
    headers = Headers(scope=scope)
    cookies = read_cookies(headers)
    language = choose_language(cookies.get(LANGUAGE_COOKIE, ""), headers.get("accept-language", ""))
    translator = Translator(language, {} if language == ENGLISH else messages)
    theme = cookies.get(THEME_COOKIE, "")
    query = scope.get("query_string", b"").decode("latin-1")
    return Visit(
        who=scope.get("state", {}).get("who"),
        project=project,
        theme=theme if theme in THEMES else "",
        here=scope["path"] + (f"?{query}" if query else ""),
        fragment=headers.get("hx-request") == "true" and headers.get("hx-request-type") == "partial",
        formats=Formats(translator, read_zone(cookies.get(ZONE_COOKIE, "").replace("%2F", "/")), clock()),
        seen=seen,
    )
