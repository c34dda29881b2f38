"""Tokens of programs: made, shown once, listed, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from knowledge_base.roles import Role
from knowledge_base.store.accounts import tokens
from knowledge_base.store.accounts.tokens import Token
from web.api.models import Shape
from web.identity import accounts
from web.identity.signin import clean_name, make_token
from web.project import PartsOf, ProjectOf, WhoOf

router = APIRouter(prefix="/tokens", tags=["people"])


class TokenOut(Shape):
    """A token without what it says."""

    name: str = Field(examples=["ci"])
    role: Role
    made_by: str = Field(examples=["Lin Wei"])
    created_at: datetime
    used_at: datetime | None = Field(description="To five minutes.")
    expires_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> TokenOut:
        """Show a token."""
        return cls(
            name=token.name,
            role=token.role,
            made_by=token.made_by,
            created_at=token.created_at,
            used_at=token.used_at,
            expires_at=token.expires_at,
        )


class TokenIn(Shape):
    """A token to be made."""

    name: Annotated[str, Field(max_length=2000, examples=["ci"])]
    role: Role = Role.ENGINEER
    days: int | None = Field(
        default=None, ge=1, le=3650, strict=True, description="Until it stops working; for ever unless given."
    )


class TokenMadeOut(TokenOut):
    """A new token, with what it says this once."""

    token: str = Field(examples=["kea_..."])


@router.get("", summary="List tokens")
def list_tokens(parts: PartsOf, project: ProjectOf) -> list[TokenOut]:
    """List the project's tokens by name, also those that are over."""
    with parts.knowledge.store.read() as db:
        return [TokenOut.of(each) for each in tokens.list_tokens(db, project)]


@router.post("", summary="Make a token", status_code=201)
def add_token(parts: PartsOf, project: ProjectOf, who: WhoOf, wanted: TokenIn) -> TokenMadeOut:
    """Make a token for the project; one of the same name stops working."""
    store = parts.knowledge.store
    name = clean_name(wanted.name)
    life = None if wanted.days is None else timedelta(days=wanted.days)
    secret = make_token(store, project, name, role=wanted.role, made_by=who.name, life=life)
    with store.read() as db:
        made = next(each for each in tokens.list_tokens(db, project) if each.name == name)
    return TokenMadeOut(**TokenOut.of(made).model_dump(), token=secret)


@router.delete("/{token_name:path}", summary="Revoke a token", status_code=204)
def revoke_token(parts: PartsOf, project: ProjectOf, who: WhoOf, token_name: str) -> None:
    """Let a token stop working at once; 404 where there is none of that name."""
    store = parts.knowledge.store
    with store.write() as db:
        tokens.revoke(db, project, token_name)
        accounts.note(db, store, project, who, "revoke token", {"name": token_name})
