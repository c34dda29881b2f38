"""``kea explain``: how a line becomes its fingerprint, and what it is recognised as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_PROJECT, AsJson, Project

if TYPE_CHECKING:
    from knowledge_base.recognised import Recognised
    from knowledge_base.signature import Explanation

MOST_BYTES = 16_000_000


def explain(
    line: Annotated[
        str, typer.Argument(help="A raw log line; - reads one event, of several lines, from standard input.")
    ],
    project: Project = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show header, masks with the rule that made each, key, fingerprint, and the category with the reason."""
    from knowledge_base.errors import InputError

    text = _without_surrogates(_standard_input() if line == "-" else line)
    if not text.strip():
        raise InputError("there is no line to explain")
    explanation, recognised = _explain(project, text)
    if as_json:
        from web.api.explain_shapes import ExplanationOut
        from web.cli.output import print_json

        print_json(ExplanationOut.of(explanation, recognised).model_dump(mode="json"))
    else:
        from web.cli.explaining import print_explanation
        from web.cli.recognising import print_recognised

        print_explanation(explanation)
        print_recognised(recognised)


def _standard_input() -> str:
    """Read an event; a signature looks at its beginning alone."""
    import sys

    return sys.stdin.buffer.read(MOST_BYTES).decode("utf-8", "replace")


def _without_surrogates(text: str) -> str:
    """Replace what stands for bytes that are no UTF-8 and cannot be printed."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _explain(project: str, text: str) -> tuple[Explanation, Recognised | None]:
    """Explain a text; it is recognised only where there is a knowledge base, and none is made for it."""
    from knowledge_base.settings import read_settings

    settings = read_settings()
    if not settings.database_url and not (settings.home_path / "kea.db").exists():
        from datetime import UTC, datetime

        from knowledge_base.signature import explain as explain_text

        return explain_text(text, now=datetime.now(UTC)), None
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.recognising import explain_in

    with KnowledgeBase(settings) as knowledge:
        return explain_in(knowledge, project, text)
