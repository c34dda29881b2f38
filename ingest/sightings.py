"""Which words were met at which places of templates, and which places are variables by that."""

from __future__ import annotations

from array import array

import numpy as np

ENOUGH = 5
"""Different words at a place from which it is a variable."""

ENOUGH_PLAIN = 2
"""How many of these are plain names: where all are written in capitals, or end like acts, they tell what happened."""


class Sightings:
    """A table of (place, word, owner) in columns, 24 bytes a row: there are many times more rows than templates.

    ``place`` is the hash of a key with the place open, ``word`` the hash of the word which stood there
    (odd for a plain name, see :mod:`knowledge_base.signature.wildcards.candidates`), ``owner`` the
    number of the template that it was met in. Beyond ``most`` rows nothing is added.
    """

    def __init__(self, *, most: int = 4_000_000) -> None:
        self._most = most
        self._places = array("q")
        self._words = array("q")
        self._owners = array("q")

    def __len__(self) -> int:
        return len(self._places)

    def add(self, place: int, word: int, owner: int) -> None:
        """Add a row; the same one may come again."""
        if len(self._places) < self._most:
            self._places.append(place)
            self._words.append(word)
            self._owners.append(owner)

    def variables(self, *, enough: int = ENOUGH) -> dict[int, list[int]]:
        """Find the places at which at least ``enough`` different words were met, and the owners of each, in order.

        >>> sightings = Sightings()
        >>> for word in (1, 2, 3): sightings.add(7, word, 101 - word)
        >>> sightings.variables(enough=3), sightings.variables(enough=4)
        ({7: [98, 99, 100]}, {})
        """
        if len(self) < enough:
            return {}
        places, words, owners = (np.array(column, np.int64) for column in (self._places, self._words, self._owners))
        order = np.lexsort((words, places))
        places, words, owners = places[order], words[order], owners[order]
        fresh_place = np.r_[True, places[1:] != places[:-1]]
        fresh_word = fresh_place | np.r_[True, words[1:] != words[:-1]]
        starts = np.flatnonzero(fresh_place)
        ends = np.r_[starts[1:], len(places)]
        seen = np.add.reduceat(fresh_word.astype(np.int64), starts)
        plain = np.add.reduceat((fresh_word & (words % 2 == 1)).astype(np.int64), starts)
        many = (seen >= enough) & (plain >= ENOUGH_PLAIN)
        return {
            int(places[start]): sorted({int(owner) for owner in owners[start:end]})
            for start, end in zip(starts[many], ends[many], strict=True)
        }
