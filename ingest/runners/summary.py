"""What a run did."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.sources.directory import Skipped


@dataclass(slots=True)
class Summary:
    """Counts of a run; ``dead_letter_files`` are where the dead letters are, ``seconds`` how long it took."""

    lines: int = 0
    events: int = 0
    new_templates: int = 0
    merged: int = 0
    dead_letters: int = 0
    cut: int = 0
    undecodable: int = 0
    read: int = 0
    empty: int = 0
    done_before: int = 0
    seconds: float = 0.0
    continued: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    dead_letter_files: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Lines a second."""
        return self.lines / self.seconds if self.seconds > 0 else 0.0

    @property
    def complete(self) -> bool:
        """Whether everything that was wanted could be read."""
        return not self.dead_letters and not any(each.wanted for each in self.skipped)
