"""Who may do what with solutions, in one place."""

from __future__ import annotations

from knowledge_base.roles import Role
from web.pages.opening import Opened


def may_write(page: Opened) -> bool:
    """Whether somebody may write drafts, and send them to review."""
    return _is_engineer(page)


def may_publish(page: Opened) -> bool:
    """Whether somebody may publish what they or others wrote."""
    return _is_engineer(page)


def _is_engineer(page: Opened) -> bool:
    who = page.visit.who
    return who is not None and who.may(Role.ENGINEER, page.project)
