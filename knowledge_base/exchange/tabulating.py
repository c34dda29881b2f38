"""The solutions of a project as a table that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from knowledge_base.store import projects
from knowledge_base.store.solving import solutions
from knowledge_base.store.store import Store
from knowledge_base.types import Solution

CHUNK = 500
COLUMNS = (
    *("id", "state", "version", "title", "cause", "body", "author", "at", "categories"),
    *("applies", "links", "language", "other_language", "other_title", "other_cause", "other_body"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet would compute, full-width forms too (OWASP, CSV injection)."""


def solutions_csv(store: Store, project: str) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180) of all solutions and drafts, newest versions. Raises NotFound.

    It begins with a byte order mark, by which spreadsheets know that it is UTF-8.
    """
    with store.read() as db:
        projects.require_project(db, project)
        yield "\ufeff" + _line(COLUMNS)
        after = 0
        while batch := solutions.list_all(db, project, after=after, limit=CHUNK):
            for each in batch:
                yield _line(_cells(each))
            after = int(batch[-1].id.partition("-")[2])


def _cells(solution: Solution) -> tuple[str, ...]:
    details = solution.details
    other = details.variants[0] if details.variants else None
    return (
        *(solution.id, str(solution.state), str(solution.version), solution.title, solution.cause, solution.body),
        *(solution.author, solution.at.isoformat(), " ".join(solution.category_ids)),
        "\n".join(f"{each.service} {each.version}".strip() for each in details.applies),
        "\n".join(f"{each.url} {each.title}".strip() for each in details.links),
        details.language,
        *(("", "", "", "") if other is None else (other.language, other.title, other.cause, other.body)),
    )


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    >>> harmless("=HYPERLINK(1)"), harmless("- first restart it"), harmless("plain")
    ("'=HYPERLINK(1)", "'- first restart it", 'plain')
    """
    return "'" + cell if cell.startswith(FORMULA) else cell


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()
