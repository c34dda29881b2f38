"""One transaction a batch: positions, counts, enriched rows and dead letters, together or not at all.

What goes to another system, such as a topic, is published before the transaction: at least once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from ingest.pipeline import Identified, Pipeline
from ingest.sinks.dead_letters import DeadLetter, dead_letter_row, refused_rows
from ingest.sinks.enriched import enriched_row
from ingest.sinks.port import Publisher, Sink
from knowledge_base.errors import KeaError
from knowledge_base.store.intake import event_times, positions, source_log
from knowledge_base.store.intake.positions import Position
from knowledge_base.types import LogRecord

SinkMaker = Callable[[str], Sink]
Move = tuple[Position, Position]


class Committer:
    """Writes batches. ``dead_letters`` makes the sink of a source when its first dead letter comes."""

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        enriched: Sink | None,
        dead_letters: SinkMaker,
        publisher: Publisher | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._publisher = publisher
        self._store = pipeline.knowledge.store
        self._enriched = enriched
        self._make_dead_letters = dead_letters
        self._dead_letters: dict[str, Sink] = {}

    @property
    def dead_letter_files(self) -> list[str]:
        """Where dead letters were written."""
        return list(dict.fromkeys(sink.title for sink in self._dead_letters.values()))

    def open(self) -> None:
        """Take the enriched file over; raises Conflict or StorageUnavailable."""
        if self._enriched is not None:
            self._open_sink(self._enriched)

    def commit(
        self,
        source: str,
        records: Sequence[LogRecord],
        rejected: Sequence[DeadLetter],
        *,
        moves: Sequence[Move] = (),
    ) -> Identified:
        """Keep a batch and move the positions of what it was read from.

        Raises LostOwnership where another process reads the source or writes the file now, and
        StorageUnavailable; then nothing of the batch was kept.
        """
        pipeline = self._pipeline
        identified = pipeline.identify(pipeline.prepare(records))
        if self._publisher is not None:
            rejected = self._publisher.publish(identified.enriched, rejected)
        letters = self._dead_letters_of(source) if rejected else None
        listed = refused_rows(rejected)
        sinks = [sink for sink in (self._enriched, letters) if sink is not None]
        try:
            with self._store.write() as db:
                for before, after in moves:
                    positions.advance(db, pipeline.project, before, after, pipeline.knowledge.clock())
                identified = pipeline.store(db, identified)
                source_log.note_refused(
                    db, pipeline.project, source, listed, pipeline.knowledge.clock(), count=len(rejected)
                )
                if any(after.finished for _, after in moves):
                    event_times.leave(db, pipeline.project, source)
                if self._enriched is not None:
                    self._enriched.append(db, [enriched_row(event) for event in identified.enriched])
                if letters is not None:
                    letters.append(db, [dead_letter_row(letter) for letter in rejected])
        except BaseException:
            pipeline.rolled_back()
            self._recover(sinks)
            raise
        pipeline.committed(identified)
        for sink in sinks:
            sink.committed()
        return identified

    def finish(self) -> None:
        """Note that all that was written is committed."""
        if self._sinks:
            with self._store.write() as db:
                for sink in self._sinks:
                    sink.finish(db)

    def hurry(self) -> None:
        """Give up soon what does not succeed; called from another thread."""
        if self._publisher is not None:
            self._publisher.hurry()

    def close(self) -> None:
        """Close all sinks, after a failure too."""
        for sink in self._sinks:
            sink.close()

    @property
    def _sinks(self) -> list[Sink]:
        sinks = [*self._dead_letters.values(), *([self._enriched] if self._enriched is not None else [])]
        return list(dict.fromkeys(sinks))

    def _dead_letters_of(self, source: str) -> Sink:
        if source not in self._dead_letters:
            sink = self._make_dead_letters(source)
            is_open = sink in self._dead_letters.values()
            self._dead_letters[source] = sink
            if not is_open:
                self._open_sink(sink)
        return self._dead_letters[source]

    def _open_sink(self, sink: Sink) -> None:
        with self._store.write() as db:
            sink.open(db)
        sink.committed()

    def _recover(self, sinks: Sequence[Sink]) -> None:
        with suppress(KeaError), self._store.read() as db:
            for sink in sinks:
                sink.recover(db)


def moved(position: Position, offset: int, *, finished: bool = False) -> Position:
    """Put a position further on."""
    return replace(position, offset=offset, finished=finished)
