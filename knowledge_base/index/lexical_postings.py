"""An inverted index in memory with BM25: which documents hold which terms."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from math import log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tantivy import Index, IndexWriter, Query, Searcher

ASKED = 32
"""Terms of a question that are looked for: those that tell most. A pasted log has hundreds, and each costs time."""

WALKED = 150_000
"""Places of terms that a search walks at most. The commonest terms, which tell least, are left out beyond."""

_MEMORY = 16_000_000
_SPARE = 32
_NUMBER, _TERMS = "number", "terms"


class Postings:
    """Documents by number. One thread at a time may change it, while others search what was committed last.

    Of documents that were removed the counts of terms know until their segment is merged: scores may differ a little
    between an index that has grown and one that is made anew, what is found does not.
    """

    def __init__(self) -> None:
        import tantivy

        self._tantivy = tantivy
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field(_NUMBER, indexed=True, fast=True)
        schema.add_text_field(_TERMS, tokenizer_name="whitespace", index_option="freq")
        self._schema = schema.build()
        self._index: Index = tantivy.Index(self._schema)
        # By itself it would look again after each commit, and who commits next would wait for that.
        self._index.config_reader("manual")
        self._writer: IndexWriter | None = None

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def add(self, documents: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Add documents with their terms; none of the numbers may be there. Found after ``commit``."""
        writer = self._open()
        for number, terms in documents:
            document = self._tantivy.Document()
            document.add_unsigned(_NUMBER, number)
            document.add_text(_TERMS, " ".join(terms))
            writer.add_document(document)

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove documents; those that are not there are passed over. Done with ``commit``."""
        for number in numbers:
            # Not by term: for numbers that removes nothing.
            self._open().delete_documents_by_query(self._tantivy.Query.term_query(self._schema, _NUMBER, number))

    def commit(self) -> None:
        """Let searches find what was added, and no more what was removed."""
        if self._writer is not None:
            self._writer.commit()
            self._index.reload()

    def rest(self) -> None:
        """Give back what only changes need, threads and their memory; the next change takes them again."""
        if self._writer is not None:
            self.commit()
            writer, self._writer = self._writer, None
            writer.wait_merging_threads()
            self._index.reload()

    def search(self, asked: Mapping[str, float], limit: int) -> list[tuple[int, float]]:
        """Find the documents that hold the telling ones of some weighted terms: number and score, best first."""
        searcher = self._index.searcher()
        telling = self._telling(searcher, asked)
        if not telling or limit < 1:
            return []
        any_of = self._tantivy.Query.boolean_query([(self._tantivy.Occur.Should, each) for each in telling])
        # Some more than wanted, so that of equal ones at the end the oldest are taken.
        hits = searcher.search(any_of, limit + _SPARE, count=False).hits
        numbers = searcher.fast_field_values(_NUMBER, [place for _, place in hits])
        found = [(int(number or 0), float(score)) for number, (score, _) in zip(numbers, hits, strict=True)]
        return sorted(found, key=lambda each: (-each[1], each[0]))[:limit]

    def _telling(self, searcher: Searcher, asked: Mapping[str, float]) -> list[Query]:
        """Choose terms by weight and rarity; those that no document holds cost nothing."""
        count = max(1, searcher.num_docs)
        held = ((term, weight, searcher.doc_freq(_TERMS, term)) for term, weight in asked.items() if _is_text(term))
        scored = [
            (weight * log1p(count / seen), term, weight, seen) for term, weight, seen in held if seen and weight > 0
        ]
        query = self._tantivy.Query
        chosen: list[Query] = []
        walked = 0
        for _, term, weight, seen in heapq.nlargest(ASKED, scored):
            walked += seen
            if chosen and walked > WALKED:
                break
            named = query.term_query(self._schema, _TERMS, term, index_option="freq")
            chosen.append(query.boost_query(named, weight))
        return chosen

    def _open(self) -> IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(heap_size=_MEMORY, num_threads=1)
        return self._writer


def _is_text(term: str) -> bool:
    """Tell whether a term can be UTF-8."""
    return term.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in term)
