"""Markdown of solutions: what people write is shown, what is code to a browser is not."""

from __future__ import annotations

import pytest

from web.showing.markdown import render_markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](  JaVaScRiPt:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "![a](https://evil.example/track.png)",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "<svg onload=alert(1)>",
    '<a href="x" onclick="alert(1)">x</a>',
    "<style>body{display:none}</style>",
    "<iframe src=https://evil.example></iframe>",
    '"><script>alert(1)</script>',
    "<form action=https://evil.example><input></form>",
    '```"><script>alert(1)</script>\ncode\n```',
    "[a]: javascript:alert(1)\n\n[a]",
    "<javascript:alert(1)>",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_becomes_code(text: str) -> None:
    html = render_markdown(text).lower()
    for tag in ("<script", "<img", "<svg", "<style", "<iframe", "<form", "<input"):
        assert tag not in html
    for scheme in ('href="javascript', 'href="data', 'href="vbscript', 'href=" java'):
        assert scheme not in html
    assert " onclick=" not in html or "&lt;a" in html


def test_what_people_write_is_shown() -> None:
    html = render_markdown(
        "# Steps\n1. Run `df -h`\n2. See [the page](https://wiki.example/a)\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```sql\nSELECT 1;\n```"
    )
    assert "<h3>Steps</h3>" in html
    assert "<code>df -h</code>" in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<td>1</td>" in html
    assert "SELECT 1;" in html


def test_hash_signs_in_code_stay() -> None:
    assert "# comment" in render_markdown("```sh\n# comment\n```")


def test_long_and_deep_text_is_quick() -> None:
    for text in ("*" * 50_000, "[" * 50_000, "> " * 20_000, "`" * 50_000, "(" * 50_000, "a_" * 40_000):
        assert render_markdown(text) is not None
