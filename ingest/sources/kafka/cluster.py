"""What is asked of a cluster before reading: its id, the ids of topics, where their partitions begin and end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from ingest.sources.kafka.connection import explained
from ingest.sources.kafka.place import KafkaPlace
from knowledge_base.errors import NotFound

LARGEST = "max.message.bytes"
DEFAULT_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its id changes when it is deleted and made anew (empty where the brokers are too old to tell)."""

    name: str
    id: str
    partitions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster and those of the wanted topics that it has."""

    id: str
    topics: Mapping[str, Topic]


def ask_cluster(config: Mapping[str, object], place: KafkaPlace, *, more: tuple[str, ...] = ()) -> Cluster:
    """Ask a cluster for the topics of a place and ``more``; raises Unavailable where it cannot be used."""
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        with closing(KafkaAdminClient(**config)) as admin:
            cluster_id = str(admin.describe_cluster()["cluster_id"])
            found = [_topic(each) for each in admin.describe_topics([*place.topics, *filter(None, more)])]
    except (KafkaError, OSError, ValueError) as error:
        raise explained(error, config) from error
    return Cluster(cluster_id, {each.name: each for each in found if each is not None})


def largest_message(config: Mapping[str, object], topics: Sequence[str]) -> int:
    """Tell how large a message of every one of these topics may be, in bytes; Kafka's default where it does not tell.

    Raises the client's errors.
    """
    from kafka import KafkaAdminClient
    from kafka.admin import ConfigResource, ConfigResourceType
    from kafka.errors import AuthorizationError

    wanted = [ConfigResource(ConfigResourceType.TOPIC, topic, [LARGEST]) for topic in topics]
    try:
        with closing(KafkaAdminClient(**config)) as admin:
            told = admin.describe_configs(wanted)
    except AuthorizationError:
        return DEFAULT_LARGEST
    sizes = [int(settings[LARGEST]["value"]) for settings in told["topic"].values() if LARGEST in settings]
    return min(sizes, default=DEFAULT_LARGEST)


def require_topics(cluster: Cluster, names: tuple[str, ...], place: KafkaPlace) -> None:
    """Raise NotFound where a topic is not there."""
    missing = [name for name in names if name and name not in cluster.topics]
    if missing:
        raise NotFound(
            f"Kafka at {', '.join(place.brokers)} has no topic {', '.join(missing)}, or does not show it to this user;"
            " make it first, or check its name"
        )


def _topic(told: Mapping[str, Any]) -> Topic | None:
    if told.get("error_code"):
        return None
    partitions = tuple(sorted(int(each["partition_index"]) for each in told.get("partitions", ())))
    return Topic(str(told["name"]), str(told.get("topic_id") or ""), partitions)
