"""A profile in a form that can be kept: what costs time to find out, as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from knowledge_base.features.ngrams import all_grams
from knowledge_base.pairs.judge import Judge, content_words
from knowledge_base.pairs.model import Layer
from knowledge_base.pairs.profile import Profile
from knowledge_base.signature.limits import SIGNATURE_VERSION

PROFILE_VERSION = "1"
"""Raise it with each change of what a profile is made of that no other version tells; kept ones are then made anew."""


def version_of(judge: Judge) -> str:
    """Name all that decides what a judge reads in a text, in 32 hexadecimal digits."""
    return _version(judge.name, judge.model.wording)


def kept(profile: Profile) -> str:
    """Put a profile into JSON; words, n-grams and codes are left out, for they cost little to give back."""
    clean = None if profile.clean == profile.canonical else profile.clean
    lists = (sorted(each) for each in (profile.acts, profile.objects, profile.classes))
    return json.dumps([profile.canonical, clean, *lists, dict(profile.kinds)], separators=(",", ":"))


def given_back(said: str, codes: Collection[str]) -> Profile | None:
    """Make the profile again that :func:`kept` was given, with the codes of the text; None for what is no such JSON."""
    return all_given_back([(said, codes)])[0]


def all_given_back(said: Sequence[tuple[str, Collection[str]]]) -> list[Profile | None]:
    """Do the same for many profiles at once, each given with the codes of its text."""
    found = [_fields(each, codes) for each, codes in said]
    letters = iter(all_grams([each["canonical"] for each in found if each]))
    return [Profile(**each, grams=next(letters)) if each else None for each in found]


def _fields(said: str, codes: Collection[str]) -> dict[str, Any] | None:
    """Read a profile but for its n-grams."""
    try:
        canonical, clean, acts, objects, classes, kinds = json.loads(said)
        return {
            "clean": canonical if clean is None else clean,
            "canonical": canonical,
            "words": content_words(canonical),
            "acts": frozenset(acts),
            "objects": frozenset(objects),
            "codes": frozenset(codes),
            "classes": frozenset(classes),
            "kinds": {str(name): float(share) for name, share in kinds.items()},
        }
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


@lru_cache(maxsize=64)
def _version(judge: str, model: Layer) -> str:
    codes = hashlib.sha256(files("knowledge_base.vocabulary").joinpath("codes.yaml").read_bytes()).hexdigest()
    said = (PROFILE_VERSION, SIGNATURE_VERSION, judge, repr(model), codes)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
