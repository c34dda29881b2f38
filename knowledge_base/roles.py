"""What somebody may do in a project."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from knowledge_base.errors import InputError

EVERYWHERE = "*"
"""Stands for all projects, those to come among them, where a role is kept; no project can have this name."""


class Role(StrEnum):
    """Each may do what those before it may."""

    VIEWER = "viewer"
    ENGINEER = "engineer"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Its place, from 1.

        >>> Role.ADMIN.rank > Role.ENGINEER.rank > Role.VIEWER.rank
        True
        """
        return list(Role).index(self) + 1

    def covers(self, least: Role) -> bool:
        """Whether it may do what ``least`` may."""
        return self.rank >= least.rank


def read_role(text: str) -> Role:
    """Read a role; raises InputError naming those that there are.

    >>> read_role("Engineer")
    <Role.ENGINEER: 'engineer'>
    """
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise InputError(f"{text[:40]!r} is no role: choose one of {', '.join(Role)}") from None


def role_in(roles: Mapping[str, Role], project: str) -> Role | None:
    """Tell the role in a project: the higher one of its own and of that in all projects; None where there is none.

    >>> role_in({"*": Role.VIEWER, "billing": Role.ADMIN}, "billing")
    <Role.ADMIN: 'admin'>
    """
    found = [role for role in (roles.get(EVERYWHERE), roles.get(project)) if role is not None]
    return max(found, key=lambda role: role.rank, default=None)
