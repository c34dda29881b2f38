"""Looks at everything that Kea stands on, and says how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from assistant.platforms import configured_adapters
from ingest.clustering.windowing import Progress, read_progress
from knowledge_base.embedding import open_embedder
from knowledge_base.errors import KeaError, ModelUnavailable
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings
from knowledge_base.store import projects
from knowledge_base.store.intake.load import Load, read_load
from knowledge_base.store.representing import backends
from knowledge_base.store.store import Store, utc_now
from web.showing.assets import read_assets

ENOUGH_SPACE = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; ``mend`` says what to do, and is empty where nothing need be done."""

    name: str
    ok: bool
    found: str
    mend: str = ""


def examine(settings: Settings, project: str) -> list[Finding]:
    """Check home, database, model, index and pages, and what is connected, each on its own."""
    checks = [
        _checked("home", lambda: _home(settings)),
        _checked("database", lambda: _database(settings, project)),
        _checked("model", lambda: _model(settings)),
        _checked("index", lambda: _index(settings, project)),
        _checked("pages", _pages),
    ]
    if settings.source:
        checks.append(_checked("source", lambda: _source(settings)))
    checks.append(_checked("channels", lambda: _channels(settings)))
    return checks


def _checked(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except KeaError as error:
        return Finding(name, False, str(error))


def _home(settings: Settings) -> Finding:
    home = settings.home_path
    if not home.exists():
        return Finding("home", True, f"{home} is not there yet; the first command makes it")
    if not os.access(home, os.W_OK | os.X_OK):
        return Finding("home", False, f"{home} cannot be written", f"give it to this user: chown -R $USER {home}")
    free = shutil.disk_usage(home).free
    if free < ENOUGH_SPACE:
        return Finding("home", False, f"{home} has {free / 1e6:,.0f} MB left", "free some space on its disk")
    return Finding("home", True, f"{home}, {free / 1e9:,.0f} GB left")


def _database(settings: Settings, project: str) -> Finding:
    with Store(settings.url) as store, store.read() as db:
        where = store.engine.url.render_as_string(hide_password=True)
        names = projects.list_projects(db)
        if not names:
            return Finding("database", True, f"{where}, empty; `kea demo` loads a sample, `kea ingest` reads logs")
        if project not in names:
            return Finding(
                "database", False, f"{where} has no project {project!r}", f"choose one of {', '.join(names)}"
            )
        load = read_load(db, project, max_templates=settings.max_templates, now=utc_now())
        windows = read_progress(db, project, settings, utc_now())
        return _load(load, windows, f"{where}, projects {', '.join(names[:5])}")


def _load(load: Load, windows: Progress, where: str) -> Finding:
    since = "" if load.oldest is None else f", the first for {load.oldest.total_seconds():,.0f} s"
    found = f"{where}; {load.templates:,} templates, {load.pending:,} templates wait for a window{since}"
    if windows.watermark is not None:
        found += f"; watermark {windows.watermark:%Y-%m-%d %H:%M:%S} UTC, {windows.late:,} templates came too late"
    note = "run `kea serve` or any `kea ingest` to cluster them" if load.pending else ""
    if load.over_limit:
        note = (
            f"{load.over_limit:,} more than KEA_MAX_TEMPLATES ({load.max_templates:,}): the clusterer evicts what "
            "nobody labelled or asked about; raise the limit where that is not enough"
        )
    return Finding("database", True, found, note)


def _model(settings: Settings) -> Finding:
    embedder = open_embedder(settings)
    embedder.embed(["table not found"])
    return Finding("model", True, f"{embedder.backend}, {embedder.dimension} dimensions")


def _index(settings: Settings, project: str) -> Finding:
    with KnowledgeBase(settings) as knowledge, knowledge.store.read() as db:
        present = backends.state(db, project)
        if not present.used:
            return Finding("index", True, "no representatives yet")
        living, missing = backends.count_unembedded(db, project, present.used)
        wanted = present.wanted or knowledge.embedder.backend
        reindex = f"`kea serve` embeds all anew with {wanted} by itself, `kea reindex` does it at once"
        try:
            found = f"{len(knowledge.replica(db, project)):,} of {living:,} representatives, by {present.used}"
        except ModelUnavailable as error:
            return Finding("index", False, f"{error}; until then questions are answered by letters alone", reindex)
        if missing:
            return Finding("index", False, found, "run `kea reindex`: it embeds those that are missing")
        return Finding("index", True, found, reindex if wanted != present.used else "")


def _pages() -> Finding:
    if read_assets().built:
        return Finding("pages", True, "built")
    return Finding("pages", False, "the scripts and styles are not built", "run `make pages` (needs Node 20 or newer)")


def _source(settings: Settings) -> Finding:
    from ingest.sources.kafka.cluster import ask_cluster, require_topics
    from ingest.sources.kafka.connection import client_config
    from ingest.sources.kafka.place import parse_place

    place = parse_place(settings.source)
    written = (place.enriched, place.dead_letters)
    cluster = ask_cluster(client_config(settings, place.brokers), place, more=written)
    require_topics(cluster, (*place.topics, *written), place)
    partitions = sum(len(cluster.topics[name].partitions) for name in place.topics)
    return Finding("source", True, f"{place.title}, {partitions:,} partitions")


def _channels(settings: Settings) -> Finding:
    found = [
        f"{each.channel.name} (project {each.project})"
        for each in configured_adapters(settings, lambda _project: _accept_nothing, utc_now)
    ]
    note = "" if found else "docs/slack.md, docs/dingtalk.md and docs/tickets.md tell how one is set up"
    return Finding("channels", True, ", ".join(found) or "none is set up", note)


def _accept_nothing(_inbound: object) -> bool:
    return False
