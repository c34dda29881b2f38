"""Passwords: argon2id hashes, made and checked few at a time, and what a password must be like."""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from knowledge_base.errors import InputError

SHORTEST, LONGEST = 10, 200
AT_ONCE = 2
"""Each takes 64 MiB of memory and a tenth of a second: who guesses a lot must not exhaust the machine."""


def check_strength(password: str, *names: str | None) -> None:
    """Raise InputError for a password that is short, of a few letters only, or somebody's own name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST} characters; some words in a row make a good one")
    if len(set(password.casefold())) < 5:
        raise InputError("this password repeats a few characters; choose one that is harder to guess")
    if password.casefold() in {name.casefold() for name in names if name}:
        raise InputError("the password must not be the name or the e-mail; choose another one")


def make_password() -> str:
    """Make a password for somebody who changes it later."""
    return secrets.token_urlsafe(12)


def hash_password(password: str) -> str:
    """Hash a password (argon2id with the parameters of RFC 9106 for little memory)."""
    with _gate():
        return _hasher().hash(password)


def matches(hashed: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; takes as long where there is none."""
    with _gate():
        try:
            return _hasher().verify(hashed or _nobody(), password) and hashed is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made with weaker parameters than those of today."""
    return _hasher().check_needs_rehash(hashed)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _gate() -> BoundedSemaphore:
    return BoundedSemaphore(AT_ONCE)


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))
