"""What platforms write in place of names, links and characters."""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(
    r"<(?:@[A-Z0-9]{2,20}(?:\|[^<>\n]{0,200})?"
    r"|!(?:here|channel|everyone|subteam\^[A-Z0-9]{2,20})(?:\|[^<>\n]{0,200})?"
    r"|\#(?P<room>[CG][A-Z0-9]{2,20})(?:\|(?P<name>[^<>\n]{0,200}))?"
    r"|(?P<url>(?:https?|ftp|mailto|tel):[^<>|\s]{1,4000})(?:\|(?P<label>[^<>\n]{0,4000}))?)>"
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5});")
_TAGS = re.compile(r"<(?P<tag>b|strong|em|i|u|code|tt)>(?P<said>[^\n]{1,1000}?)</(?P=tag)>")
_BREAKS = re.compile(r"<br\s?/?>", re.IGNORECASE)


def decoded(text: str, *, code: bool = False) -> str:
    """Take back Slack's tokens, then character references, once; any other bracket stays.

    In code nobody is called, so there only links are tokens.

    >>> decoded("<@U0KEA> &lt;init&gt; at <http://a.b|a.b> List<String> &amp;amp;")
    ' <init> at a.b List<String> &amp;'
    """
    if "<" in text:

        def show(token: re.Match[str]) -> str:
            if token["url"]:
                return token["label"] or token["url"].removeprefix("mailto:")
            if code:
                return token[0]
            return f"#{token['name'] or token['room']}" if token["room"] else ""

        text = _TOKEN.sub(show, text)
        if not code:
            text = _BREAKS.sub("\n", text)
            text = _TAGS.sub(lambda found: found["said"], text) if "</" in text else text
    return _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\xa0", " "), text) if "&" in text else text
