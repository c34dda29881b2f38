"""The local runner: one process reads sources one after the other, and clusters beside it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest import formats
from ingest.formats import Format
from ingest.joining import JoinMode
from ingest.pipeline import Pipeline
from ingest.readers import longest_line, reader_for
from ingest.reading import Origin, Reader
from ingest.runners.batching import Collected
from ingest.runners.committing import Committer, moved
from ingest.runners.garbage import rare_collections
from ingest.runners.ports import Clustering, Watcher
from ingest.runners.resuming import Start, take_over
from ingest.runners.summary import Summary
from ingest.sinks.dead_letters import DeadLetter
from ingest.sources.directory import Skipped
from ingest.sources.port import RawLine, Source
from knowledge_base.errors import AlreadyDone, Unavailable, UnreadableInput
from knowledge_base.store.intake.positions import Position


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read."""

    form: Format = Format.AUTO
    join: JoinMode = JoinMode.AUTO
    service: str = ""
    again: bool = False


class LocalRunner:
    """Reads sources to their end; then clusters what is left."""

    def __init__(
        self,
        pipeline: Pipeline,
        committer: Committer,
        clustering: Clustering,
        *,
        options: ReadOptions,
        watcher: Watcher,
    ) -> None:
        self._pipeline = pipeline
        self._committer = committer
        self._clustering = clustering
        self._options = options
        self._watcher = watcher
        self._clock = pipeline.knowledge.clock
        self.summary = Summary()

    @rare_collections()
    def run(self, sources: Iterable[Source | Skipped]) -> Summary:
        """Read all sources; those that cannot be read are skipped and become dead letters.

        Raises AlreadyDone where all were read before, UnreadableInput where the only one cannot be
        read, LostOwnership and StorageUnavailable; what was committed until then stays.
        """
        begun = time.monotonic()
        refused: list[AlreadyDone | UnreadableInput] = []
        self._pipeline.ensure_project()
        try:
            self._committer.open()
            self._clustering.start()
            for source in sources:
                if isinstance(source, Skipped):
                    self._skip(source)
                    continue
                try:
                    self._read_source(source)
                except AlreadyDone as error:
                    self.summary.done_before += 1
                    refused.append(error)
                except UnreadableInput as error:
                    refused.append(error)
                    self._skip(Skipped(source.title, str(error)))
            self._committer.finish()
        finally:
            self._committer.close()
            self._clustering.stop()
        self._settle(refused)
        self._watcher.clustering()
        try:
            drained = self._clustering.drain(self._pipeline.project)
        except Unavailable as error:
            raise type(error)(
                f"all lines are read and kept, but new templates are not clustered yet: {error}"
            ) from error
        self.summary.merged = drained + self._clustering.merged
        self.summary.seconds = time.monotonic() - begun
        return self.summary

    def _settle(self, refused: Sequence[AlreadyDone | UnreadableInput]) -> None:
        self.summary.dead_letter_files = self._committer.dead_letter_files
        if self.summary.read or self.summary.empty or not refused:
            return
        if len(refused) == 1:
            raise refused[0]
        if all(isinstance(error, AlreadyDone) for error in refused):
            raise AlreadyDone(f"all {len(refused)} files were read to their end before; use --again to count them anew")

    def _skip(self, skipped: Skipped) -> None:
        self.summary.skipped.append(skipped)
        if skipped.wanted:
            letter = DeadLetter(skipped.title, 0, skipped.reason)
            self._committer.commit(skipped.title, (), (letter,))
            self.summary.dead_letters += 1

    def _read_source(self, source: Source) -> None:
        options, settings = self._options, self._pipeline.knowledge.settings
        identity = source.identify()
        head = source.peek(formats.SNIFFED_BYTES)
        if not head:
            self.summary.empty += 1
            return
        form = formats.guess(source.title, head) if options.form is Format.AUTO else options.form
        position: Position | None = None
        if source.resumable:
            with self._pipeline.knowledge.store.write() as db:
                start: Start = take_over(
                    db, self._pipeline.project, source, identity, again=options.again, now=self._clock()
                )
            position = start.position
            (self.summary.replaced if start.replaced else self.summary.continued if position.offset else []).append(
                source.title
            )
        origin = Origin(self._pipeline.project, source.title, options.service)
        reader = reader_for(form, origin=origin, mode=options.join, max_event_bytes=settings.max_event_bytes)
        limit = longest_line(form, settings.max_event_bytes)
        source.open(position.offset if position else 0, limit=limit)
        try:
            self._watcher.begin(source.title, position.offset if position else 0, identity.length)
            self._read_lines(source, reader, position)
        finally:
            source.close()
        self.summary.read += 1

    def _read_lines(self, source: Source, reader: Reader, position: Position | None) -> None:
        collected = self._collect()
        behind = position.offset if position else 0
        while True:
            try:
                batch = source.read()
            except UnreadableInput as error:
                collected.rejected.append(DeadLetter(source.title, behind, str(error)))
                collected.add(reader.flush(self._clock()), self._clock())
                self._commit(source, collected, position, behind, finished=False)
                return
            lines: Sequence[RawLine] = batch.lines
            place, now = 0, self._clock()
            while place < len(lines):
                part = lines[place : place + collected.room]
                place += len(part)
                collected.add(reader.feed(part, now), now)
                behind = part[-1].end
                if collected.is_due(now):
                    since = reader.open_since
                    position = self._commit(source, collected, position, behind if since is None else since)
                    collected = self._collect()
            if batch.ended:
                collected.add(reader.flush(now), now)
                self._commit(source, collected, position, behind, finished=True)
                return
            if not lines:
                collected.add(reader.idle(now), now)
                since = reader.open_since
                if collected.since is not None:
                    position = self._commit(source, collected, position, behind if since is None else since)
                    collected = self._collect()

    def _collect(self) -> Collected:
        return Collected(self._pipeline.knowledge.settings.batch_size)

    def _commit(
        self, source: Source, collected: Collected, position: Position | None, offset: int, *, finished: bool = False
    ) -> Position | None:
        after = moved(position, offset, finished=finished) if position else None
        moves = [(position, after)] if position and after else []
        kept = self._committer.commit(source.title, collected.records, collected.rejected, moves=moves)
        summary = self.summary
        summary.lines += collected.lines
        summary.events += len(collected.records)
        summary.new_templates += kept.new
        summary.dead_letters += len(collected.rejected)
        summary.cut += collected.cut
        summary.undecodable += collected.undecodable
        self._watcher.advance(offset, collected.lines)
        if kept.new:
            self._clustering.notify()
        return after
