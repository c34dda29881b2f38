"""Words that name what an error is about, in English; a glossary of concepts can take this table's place.

Whoever reads `out of memory` and `out of descriptors` reads two errors, although one word differs.
"""

from __future__ import annotations


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONCEPTS = _table(
    # resources and what runs out of them
    """
    memory heap stack swap disk space inode inodes descriptor descriptors handle handles cpu core cores thread
    threads process processes pool buffer buffers cache queue backlog quota limit limits capacity bandwidth slot
    slots
    """
    # what connects, and breaks
    """
    connection connections socket sockets port ports network link route gateway proxy dns address hostname interface
    channel channels session sessions handshake packet packets frame frames heartbeat heartbeats timeout timeouts
    deadline latency retry peer client clients server servers broker brokers node nodes cluster host hosts
    """
    # who may what
    """
    permission permissions privilege privileges access credential credentials password passwords token tokens
    certificate certificates key keys secret secrets signature user users group groups role roles owner account
    accounts identity login authentication authorization
    """
    # data and its shape
    """
    file files directory directories folder folders path paths table tables view views column columns field fields
    row rows record records partition partitions index indexes schema schemas database databases catalog tablespace
    segment segments block blocks page pages chunk chunks shard shards replica replicas snapshot snapshots
    checkpoint checkpoints journal log logs offset offsets checksum checksums header headers body payload metadata
    data type types value values parameter parameters argument arguments property properties option options syntax
    format encoding charset character characters string strings number numbers integer date null constraint foreign
    primary unique duplicate duplicates deadlock deadlocks lock locks latch mutex semaphore transaction transactions
    query queries statement statements cursor procedure function functions trigger sequence
    """
    # programs and their parts
    """
    class classes method methods module modules package packages library libraries symbol version versions
    dependency dependencies plugin driver drivers kernel device devices volume volumes image images container
    containers pod pods service services job jobs task tasks stage stages step executor executors worker workers
    container application applications app apps daemon agent scheduler manager controller resource resources topic
    topics consumer consumers producer producers message messages event events request requests response responses
    url endpoint template configuration config setting settings environment variable
    """
    # what goes wrong
    """
    corruption corrupt overflow underflow mismatch conflict conflicts collision leak leaks panic crash crashes fault
    faults exception exceptions signal interrupt oom segfault violation violations denial refusal reset eof
    duplicate loss skew drift throttle throttling overload congestion pressure starvation
    """
)
