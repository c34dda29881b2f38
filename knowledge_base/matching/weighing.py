"""All that speaks for and against candidates, worked out for all at once: rows are representatives or candidates.

Each row is computed from itself alone, so that equal candidates have equal grounds wherever they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge_base.index.solution_forms import Told
from knowledge_base.matching.grounds import NAMES, Grounds
from knowledge_base.pairs.batch import Features, Places
from knowledge_base.pairs.beside import Beside, concepts_in, log_odds, stand_in
from knowledge_base.pairs.features import NAMES as NAMES_OF
from knowledge_base.pairs.features import Kinship, Wording
from knowledge_base.pairs.judge import Judge
from knowledge_base.pairs.profile import Profile

FLOOR = -12.0
"""Log odds below this are all the same: certainly another error."""

NEAREST = 3
"""Representatives whose likeness is averaged, so that a single odd one does not decide."""

RAREST = 3
"""Words of a question that tell most; one that knows none of them is probably about something else."""

_COLUMN = {name: place for place, name in enumerate(NAMES_OF[Wording] + NAMES_OF[Kinship])}


@dataclass(frozen=True, slots=True)
class Standings:
    """Profiles beside one form of a question: the features of each pair, and the log odds that it is one error.

    ``features`` has shape (profiles, features), in the order of the pair model; ``log_odds`` are ``FLOOR`` at least.
    """

    features: Features
    log_odds: Features

    def column(self, name: str) -> Features:
        """Give a feature of Wording or Kinship of each."""
        return self.features[:, _COLUMN[name]]

    def at(self, places: Places) -> Standings:
        """Give some of them."""
        return Standings(self.features[places], self.log_odds[places])

    def replaced(self, places: npt.NDArray[np.bool_], others: Standings) -> Standings:
        """Put others in some places."""
        features, log_odds = self.features.copy(), self.log_odds.copy()
        features[places], log_odds[places] = others.features, others.log_odds
        return Standings(features, log_odds)


@dataclass(frozen=True, slots=True)
class Groups:
    """Representatives that stand one after the other, by their candidates, which have at least one each."""

    sizes: Places

    @classmethod
    def of(cls, held: Sequence[Sequence[object]]) -> Groups:
        """Count the representatives of each candidate."""
        return cls(np.array([len(each) for each in held], np.int64))

    @property
    def starts(self) -> Places:
        """Where the first of each candidate stands."""
        return np.cumsum(self.sizes) - self.sizes

    def best(self, values: Features, most: int) -> tuple[Places, Features]:
        """Find the best of each candidate, and the mean of the best; of equal ones the first is best."""
        owners = np.repeat(np.arange(len(self.sizes)), self.sizes)
        order = np.lexsort((-values, owners))
        starts = self.starts
        few = np.arange(len(values)) - starts[owners] < most
        sums = np.bincount(owners[few], values[order][few], len(self.sizes))
        return order[starts], sums / np.minimum(self.sizes, most)

    def any(self, values: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell what holds for any representative of each candidate, column by column."""
        return np.logical_or.reduceat(values, self.starts, axis=0)

    def mean(self, values: npt.NDArray[np.bool_]) -> Features:
        """Tell for what share of the representatives of each candidate it holds, column by column."""
        return np.asarray(np.add.reduceat(values.astype(np.float64), self.starts, axis=0) / self.sizes[:, None])


class Scales:
    """Candidates made ready to be weighed by forms of a question.

    ``held`` are the representatives of each, at least one, ``told`` is what its solution says. A candidate without a
    solution is told by its nearest representative, as far as that goes.
    """

    def __init__(self, judge: Judge, held: Sequence[Sequence[Profile]], told: Sequence[Told | None]) -> None:
        self._judge = judge
        self._held = [one for each in held for one in each]
        self._groups = Groups.of(held)
        self._told = [each for each in told if each is not None]
        self._is_solved = np.array([each is not None for each in told], np.bool_)
        every = [*self._held, *(each.profile for each in self._told)]
        self._ready = Beside(every, judge.rarity, judge.contradictions)

    def stand(self, asked: Profile, dense: Features, likeness: Features) -> tuple[Standings, Standings]:
        """Compare a form of a question with all representatives and with what the solutions are about.

        ``dense`` has the cosine of each representative, ``likeness`` those of each solution's parts: title and cause,
        title, body.
        """
        features = self._ready.compared(asked, np.concatenate((dense, likeness[:, 0])))
        odds = np.maximum(log_odds(self._judge.model.judgement, features), FLOOR)
        end = len(self._held)
        return Standings(features[:end], odds[:end]), Standings(features[end:], odds[end:])

    def weigh(
        self, asked: Profile, standings: Standings, about: Standings, likeness: Features
    ) -> tuple[list[int], list[Grounds]]:
        """Weigh all that is known of candidates; gives where the nearest representative of each stands among all, too.

        The rest is as for :meth:`stand`, and what that gave.
        """
        groups, is_solved = self._groups, self._is_solved
        places, nearest_three = groups.best(standings.log_odds, NEAREST)
        nearest = standings.at(places)
        solution = nearest.replaced(is_solved, about)
        dense = np.repeat(nearest.column("dense")[:, None], 3, axis=1)
        dense[is_solved] = likeness
        # The words that tell most stand first.
        weight_of = self._judge.rarity.word
        words = sorted(asked.words, key=lambda word: (-weight_of(word), word))
        weights = np.array([weight_of(word) for word in words], np.float64)
        in_logs = groups.any(stand_in(words, [each.words for each in self._held]))
        in_solution = np.zeros_like(in_logs)
        in_solution[is_solved] = stand_in(words, [each.words for each in self._told])
        known = in_logs | in_solution
        concepts = asked.acts | asked.objects
        concept_weights = np.array([self._judge.rarity.concept(name) for name in concepts], np.float64)
        usual = groups.mean(concepts_in(concepts, self._held))
        named = usual > 0.0
        named[is_solved] |= stand_in(concepts, [each.concepts for each in self._told])
        every_word, every_concept = weights.sum() or 1.0, concept_weights.sum() or 1.0
        words_known, concepts_known = _sums(known, weights), _sums(named, concept_weights)
        rarest = weights[:RAREST]
        columns = {
            "nearest": nearest.log_odds,
            "nearest_three": nearest_three,
            "nearest_kind": nearest.column("same_kind"),
            "nearest_rarest": nearest.column("rarest"),
            "nearest_objects_left": nearest.column("object_rest"),
            "nearest_against": nearest.column("contradictions"),
            "any_kind": np.maximum.reduceat(standings.column("same_kind"), groups.starts),
            "told": solution.log_odds,
            "told_dense": dense[:, 0],
            "title_dense": dense[:, 1],
            "body_dense": dense[:, 2],
            "told_letters": solution.column("letters"),
            "told_words": solution.column("word_share"),
            "told_other_kind": solution.column("other_kind"),
            "told_against": solution.column("contradictions"),
            "concepts_known": concepts_known / every_concept,
            "concepts_usual": _sums(usual, concept_weights) / every_concept,
            "concepts_weight": concepts_known,
            "words_in_logs": _sums(in_logs, weights) / every_word,
            "words_in_solution": _sums(in_solution, weights) / every_word,
            "words_known": words_known / every_word,
            "words_weight": words_known,
            "rarest_known": _sums(known[:, :RAREST], rarest) / (rarest.sum() or 1.0),
            "unsolved": (~is_solved).astype(np.float64),
        }
        rows = np.column_stack([columns[name] for name in NAMES])
        return places.tolist(), list(map(Grounds._make, rows.tolist()))


def _sums(parts: npt.NDArray[np.bool_] | Features, weights: Features) -> Features:
    return np.asarray((parts * weights).sum(axis=1), np.float64)
