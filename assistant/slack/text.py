"""Slack's mark-up: read out of questions, and kept from doing anything in answers."""

from __future__ import annotations

import re

from assistant.harmless import without_controls

_ZERO_WIDTH = "\u200b"
_IN_A_LINK = str.maketrans("|`", "¦ˋ")
_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MENTION_IN_FRONT = re.compile(r"\s*<@([A-Za-z0-9]+)(?:\|[^<>]*)?>\s*(?:[:,](?=\s)|[：，])?")
_TOKEN_IN_MARKDOWN = re.compile(r"<(?=[!@#]|[A-Za-z][A-Za-z0-9+.-]*:[^<>|\s]*\|)")


def typed(text: str, *, bot: str = "") -> str:
    """Give what somebody typed: without the bot's mention, without Slack's tokens and escapes.

    Where the bot's id is not known, the mention in front is taken for its own.

    >>> typed("<@U0KEA> see <http://a.b|a.b> &lt;init&gt; &amp;amp;", bot="U0KEA")
    'see a.b <init> &amp;'
    """
    front = _MENTION_IN_FRONT.match(text)
    if front and bot in ("", front[1]):
        text = text[front.end() :]

    def show(token: re.Match[str]) -> str:
        name, label = token[1], token[2] or ""
        if name[:1] == "@":
            return "" if bot and name[1:] == bot else f"@{label or name[1:]}"
        if name[:1] == "#":
            return f"#{label or name[1:]}"
        if name[:1] == "!":
            return label or f"@{name[1:]}"
        return label or name.removeprefix("mailto:")

    return unescaped(_TOKEN.sub(show, text))


def unescaped(text: str) -> str:
    """Take back Slack's escapes; this is all that the text of a command needs.

    >>> unescaped("List<String> &amp;&amp; Map&lt;K&gt; ")
    'List<String> && Map<K>'
    """
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def inert(text: str) -> str:
    """Take the effect out of any mark-up in a plain text, by characters without width, and out of controls.

    Slack leaves plain texts alone already; this is for whoever copies or forwards them.

    >>> inert("<!channel>").isascii()
    False
    """
    return without_controls(text).replace("<", f"<{_ZERO_WIDTH}").replace("](", f"]{_ZERO_WIDTH}(")


def inert_markdown(markdown: str) -> str:
    """Take the effect out of Slack's own tokens in Markdown, in code too; Markdown itself stays.

    Entities would be shown as such within code, hence a character without width.

    >>> inert_markdown("cat <file> & <https://kea.example.com>")
    'cat <file> & <https://kea.example.com>'
    >>> "<!here>" in inert_markdown("`<!here>`")
    False
    """
    return _TOKEN_IN_MARKDOWN.sub(f"<{_ZERO_WIDTH}", markdown)


def escaped(text: str) -> str:
    """Escape a text for where Slack reads its mark-up, such as the fallback of a message.

    >>> escaped("a & b")
    'a &amp; b'
    """
    return inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(name: str, url: str) -> str:
    """Write a link, for where Slack reads its mark-up; a bar would end its address and a backtick begin code.

    >>> linked("a|b", "https://kea.example.com/?a=1&b=2")
    '<https://kea.example.com/?a=1&amp;b=2|a¦b>'
    """
    return f"<{escaped(url).replace('|', '%7C')}|{escaped(name).translate(_IN_A_LINK)}>"
