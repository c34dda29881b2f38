"""Where logs are in Kafka, as one URL.

``kafka://host:9092,other:9092/topic,topic?group=kea&enriched=TOPIC&dead-letters=TOPIC``
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ingest.formats import Format
from knowledge_base.errors import InputError

SCHEME = "kafka://"
DEFAULT_PORT = 9092
_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
_NAMES = ("group", "enriched", "dead-letters", "format", "start", "service")


@dataclass(frozen=True, slots=True)
class KafkaPlace:
    """Brokers, topics and what is done with them; ``enriched`` and ``dead_letters`` name topics or are empty."""

    brokers: tuple[str, ...]
    topics: tuple[str, ...]
    group: str = "kea"
    enriched: str = ""
    dead_letters: str = ""
    form: Format = Format.AUTO
    start: str = "earliest"
    service: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{SCHEME}{','.join(self.brokers)}/{','.join(self.topics)}"


def parse_place(url: str) -> KafkaPlace:
    """Read a URL; raises InputError saying what is wrong with it.

    >>> place = parse_place("kafka://a:9092,b/logs?enriched=logs-enriched")
    >>> place.brokers, place.topics, place.group, place.enriched
    (('a:9092', 'b:9092'), ('logs',), 'kea', 'logs-enriched')
    """
    if not url.startswith(SCHEME):
        raise InputError(f"a source looks like {SCHEME}host:9092/topic; this one begins otherwise")
    rest, _, query = url[len(SCHEME) :].partition("?")
    hosts, _, path = rest.partition("/")
    if "@" in hosts:
        raise InputError("a password does not belong into the address: set KEA_KAFKA_USERNAME and KEA_KAFKA_PASSWORD")
    brokers = tuple(_broker(host) for host in hosts.split(",") if host)
    topics = tuple(_topic(unquote(topic)) for topic in path.strip("/").split(",") if topic)
    if not brokers or not topics:
        raise InputError(f"name a broker and a topic: {SCHEME}host:9092/topic")
    options = _options(query)
    place = KafkaPlace(
        brokers,
        topics,
        group=options.get("group", "kea"),
        enriched=_topic(options["enriched"]) if options.get("enriched") else "",
        dead_letters=_topic(options["dead-letters"]) if options.get("dead-letters") else "",
        form=Format(_choice("format", options.get("format", "auto"), tuple(Format))),
        start=_choice("start", options.get("start", "earliest"), ("earliest", "latest")),
        service=options.get("service", "")[:200],
    )
    if not 0 < len(place.group) <= 200 or not place.group.isprintable():
        raise InputError("the group of a Kafka source needs a name of at most 200 characters")
    for output in (place.enriched, place.dead_letters):
        if output in place.topics:
            raise InputError(f"the topic {output} would be read and written at the same time; name another one")
    return place


def _options(query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in _NAMES:
            raise InputError(f"a Kafka source has no option {name[:40]!r}; there are {', '.join(_NAMES)}")
        options[name] = value
    return options


def _broker(host: str) -> str:
    if not _HOST.fullmatch(host):
        raise InputError(f"{host[:80]!r} is no host with a port, such as kafka.example.com:{DEFAULT_PORT}")
    has_port = host.rpartition("]")[2].count(":") == 1 if host.startswith("[") else ":" in host
    return host if has_port else f"{host}:{DEFAULT_PORT}"


def _topic(name: str) -> str:
    if not _TOPIC.fullmatch(name) or name in (".", ".."):
        raise InputError(f"{name[:80]!r} cannot be a topic: letters, digits, dots, - and _, 249 characters at most")
    return name


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise InputError(f"{name}={value[:40]} of a Kafka source is none of {', '.join(choices)}")
    return value
