"""Options that commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from knowledge_base.types import DEFAULT_PROJECT

Project = Annotated[
    str,
    typer.Option("--project", "-p", envvar="KEA_PROJECT", help="The product or team that everything belongs to."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document for scripts.")]

__all__ = ["DEFAULT_PROJECT", "AsJson", "Project", "login_name"]


def login_name() -> str:
    """Name whoever runs the command; a user of a container may have no name."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
