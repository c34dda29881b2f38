"""Puts a local run together: sources, sinks, pipeline and clusterer from what the user asked for."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.pipeline import Pipeline
from ingest.runners.committing import Committer, SinkMaker
from ingest.runners.local import LocalRunner, ReadOptions
from ingest.runners.ports import Watcher
from ingest.runners.summary import Summary
from ingest.sinks.file import FileSink
from ingest.sinks.port import Sink
from ingest.sinks.stream import StreamSink
from ingest.sources.directory import Skipped, find_files
from ingest.sources.file import FileSource, path_key
from ingest.sources.port import Source
from ingest.sources.stream import StreamSource
from knowledge_base.errors import InputError, UnreadableInput
from knowledge_base.knowledge import KnowledgeBase
from knowledge_base.settings import Settings

STANDARD_STREAM = Path("-")
STANDARD_INPUT = "standard input"
STDIN, STDOUT = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPlan:
    """What to read, how, and where the rows go."""

    paths: tuple[Path, ...]
    project: str
    form: str = Format.AUTO
    join: str = JoinMode.AUTO
    service: str = ""
    again: bool = False
    enriched: Path | None = None
    dead_letters: Path | None = None


def run_ingest(settings: Settings, plan: IngestPlan, watcher: Watcher) -> Summary:
    """Read what was asked for into the knowledge base; see :meth:`LocalRunner.run`."""
    _check(plan)
    from ingest.clustering import ClusterLoop

    with KnowledgeBase(settings) as knowledge:
        committer = Committer(
            pipeline := Pipeline(knowledge, plan.project),
            enriched=_enriched_sink(knowledge, plan),
            dead_letters=_dead_letter_sinks(knowledge, plan),
        )
        options = ReadOptions(Format(plan.form), JoinMode(plan.join), plan.service, plan.again)
        loop = ClusterLoop(knowledge, plan.project)
        runner = LocalRunner(pipeline, committer, loop, options=options, watcher=watcher)
        return runner.run(_sources(settings, plan))


def _check(plan: IngestPlan) -> None:
    """Refuse what cannot be meant before anything is read."""
    for path in plan.paths:
        if path != STANDARD_STREAM and not path.exists():
            raise UnreadableInput(f"{path} does not exist; check the path")
    inputs = {path.resolve() for path in plan.paths if path != STANDARD_STREAM}
    for output in (plan.enriched, plan.dead_letters):
        if output is not None and output != STANDARD_STREAM and output.resolve() in inputs:
            raise InputError(f"{output} would be read and written at the same time; name another file")
    if plan.enriched is not None and plan.enriched == plan.dead_letters:
        raise InputError("--enriched and --dead-letters name the same file; give each its own")


def _sources(settings: Settings, plan: IngestPlan) -> Iterator[Source | Skipped]:
    written = {path.resolve() for path in (plan.enriched, plan.dead_letters, settings.home_path) if path is not None}
    for path in plan.paths:
        if path == STANDARD_STREAM:
            yield StreamSource(STDIN, title=STANDARD_INPUT)
        elif path.is_dir():
            yield from find_files(path, exclude=written)
        else:
            yield FileSource(path)


def _enriched_sink(knowledge: KnowledgeBase, plan: IngestPlan) -> Sink | None:
    if plan.enriched is None:
        return None
    if plan.enriched == STANDARD_STREAM:
        return StreamSink(STDOUT, title="standard output")
    return _file_sink(knowledge, plan, plan.enriched, anew=plan.again)


def _dead_letter_sinks(knowledge: KnowledgeBase, plan: IngestPlan) -> SinkMaker:
    """Make sinks of dead letters: the one that was named, else one for each input, named after it."""
    if plan.dead_letters is not None:
        sink = _file_sink(knowledge, plan, plan.dead_letters, foreign=True)
        return lambda _title: sink
    folder = knowledge.settings.home_path / "dead-letters"

    def make(title: str) -> Sink:
        # Two inputs of one name in different folders must not share a file.
        name = "stdin" if title == STANDARD_INPUT else Path(title).name[-100:]
        mark = xxhash.xxh32_hexdigest(f"{plan.project}:{path_key(Path(title))}".encode())
        path = folder / f"{name}-{mark}.jsonl"
        return _file_sink(knowledge, plan, path, anew=plan.again, foreign=True)

    return make


def _file_sink(
    knowledge: KnowledgeBase, plan: IngestPlan, path: Path, *, anew: bool = False, foreign: bool = False
) -> Sink:
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        return _device_sink(path)
    return FileSink(path, project=plan.project, clock=knowledge.clock, anew=anew, foreign=foreign)


def _device_sink(path: Path) -> Sink:
    import os

    from ingest.sinks.errors import unwritable

    try:
        return StreamSink(os.open(path, os.O_WRONLY), title=str(path), owned=True)
    except OSError as error:
        raise unwritable(str(path), error) from error
