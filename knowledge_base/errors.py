"""Every error that Kea raises on purpose.

::

    KeaError                     something that a person can act on; the message says what to do
    ├── InputError               the input is at fault: reject it, go on with the next
    │   ├── UnreadableInput      a file or stream cannot be read at all
    │   └── BadRow               one row cannot be used: it goes to the dead letters
    ├── NotFound                 no such id in this project
    ├── Conflict                 the state has changed meanwhile, or the request contradicts it
    │   ├── StaleVersion         somebody saved a newer version
    │   ├── LostOwnership        another worker took this source over: discard the batch
    │   ├── Evicted              a template made room meanwhile: look its lines up anew
    │   └── AlreadyDone          the file was finished before
    ├── NotAllowed               not signed in, or not permitted
    ├── TooOften                 asked or tried too often: wait
    └── Unavailable              the surroundings are at fault: mend them, then try again
        ├── StorageUnavailable   the database is locked, missing, too old or the disk is full
        └── ModelUnavailable     the embedding model is not there or does not fit
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class KeaError(Exception):
    """Something went wrong in a way that a person can act on."""


class InputError(KeaError):
    """The input is at fault."""


class UnreadableInput(InputError):
    """A file or stream cannot be read."""


class BadRow(InputError):
    """One row of an input cannot be used."""


class NotFound(KeaError):
    """There is no such thing in this project."""


class Conflict(KeaError):
    """The request does not fit the state."""


class StaleVersion(Conflict):
    """Somebody saved a newer version meanwhile; ``meanwhile`` has who did what, as JSON, where that was looked up."""

    def __init__(self, message: str, meanwhile: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__(message)
        self.meanwhile = tuple(meanwhile)


class LostOwnership(Conflict):
    """Another worker took over; what was read must be discarded."""


class Evicted(Conflict):
    """Templates that lines belong to were evicted meanwhile; nothing was written. Look the lines up anew."""

    def __init__(self, message: str, templates: frozenset[int] = frozenset()) -> None:
        super().__init__(message)
        self.templates = templates


class AlreadyDone(Conflict):
    """The work was finished before."""


class NotAllowed(KeaError):
    """The caller is not signed in or not permitted."""


class TooOften(KeaError):
    """Somebody asked or tried too often; ``seconds`` from now on it may be done again."""

    def __init__(self, message: str, seconds: int = 60) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unavailable(KeaError):
    """The surroundings do not allow the work now."""


class StorageUnavailable(Unavailable):
    """The database cannot be used now."""


class ModelUnavailable(Unavailable):
    """The embedding model cannot be used."""
