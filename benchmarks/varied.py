"""Error texts without end, each another one: what was done, to what, by whom, how it failed and why."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

_SUBJECTS = (
    """
scheduler|executor|name server|replica set|load balancer|ingress gateway|metadata cache|query planner|block store
session manager|job tracker|write-ahead log|message broker|consumer group|schema registry|certificate watcher|mail relay
token issuer|payment worker|search shard|snapshot uploader|index builder|view materialiser|feature store|image resizer
config agent|health probe|lock keeper|rate limiter|object storage client|DNS resolver|thread pool|garbage collector
compactor|change stream|backup runner|audit writer|stream joiner|notebook kernel|device driver|kernel module
package mirror|container runtime|volume attacher|secrets vault|password hasher|report mailer|crawler|sensor gateway
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_ACTS = (
    """
could not open|failed to write|gave up reading|refused to accept|cannot resolve|timed out waiting for|lost connection to
was denied access to|ran out of memory for|found no space left for|rejected|could not parse|dropped|aborted loading
cannot allocate|failed to verify|could not rename|failed to commit|rolled back|could not lock|skipped corrupt|evicted
returned no answer for|exceeded quota of|cannot decode|failed to encrypt|could not mount|was interrupted while copying
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_OBJECTS = (
    """
partition|column|heap region|tablespace|checkpoint|socket|certificate chain|user account|row group|offset range|manifest
block report|temp folder|shard copy|lease file|cursor|foreign key|materialised view|log segment|file handle|queue entry
environment variable|python package|shared library|request body|response header|access token|disk image|network route
container|pod volume|stored procedure|primary key|dictionary page|broker address|archive|savepoint|task attempt|bucket
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_CAUSES = (
    """
because the peer closed the stream|since its checksum differs|after the deadline passed|as the disk is full
because permission is missing|since no such name exists|while the leader was changing|because the type does not match
as the limit was reached|since the certificate has expired|because another transaction holds it|after a fatal signal
as the format version is unknown|because a dependency is absent|since the address is already in use|with a null value
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_FORMS = (
    "{subject} {act} {object} of {name}: {cause}",
    "{other} says: {subject} {act} {name} {object}",
    "{error}Exception: {act} {object} {cause} ({name})",
    "{act} {object} {name}, {cause}; {subject} stops",
    "{subject} of {name} {act} {object} and {act2} {object2} {cause}",
    "[{name}] {error}Error in {subject}: {cause}",
)
_ENDS = ("ova", "ender", "ulent", "ista", "orin", "amber", "etic", "olia")


def texts(seed: int = 1) -> Iterator[str]:
    """Give texts that all differ in their words, without digits, which would be masked."""
    by = random.Random(seed)
    for number in itertools.count():
        chosen = by.choice(_FORMS)
        yield chosen.format(
            subject=by.choice(_SUBJECTS),
            other=by.choice(_SUBJECTS),
            act=by.choice(_ACTS),
            act2=by.choice(_ACTS),
            object=by.choice(_OBJECTS),
            object2=by.choice(_OBJECTS),
            cause=by.choice(_CAUSES),
            error="".join(word.capitalize() for word in by.choice(_OBJECTS).split()),
            name=_name(number, by),
        )


def _name(number: int, by: random.Random) -> str:
    """Write a name that no other number has."""
    word = ""
    while True:
        number, digit = divmod(number, 19)
        word += "abcdefghiklmnoprstu"[digit]
        if not number:
            return word + by.choice(_ENDS)
