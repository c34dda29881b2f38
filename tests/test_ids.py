"""Public ids as they are typed and sent."""

from __future__ import annotations

import pytest

from knowledge_base.errors import NotFound
from knowledge_base.ids import MAX_NUMBER, Prefix, number_of, public_id


def test_an_id_is_read_as_it_was_written() -> None:
    for number in (1, 12, MAX_NUMBER - 1):
        assert number_of(Prefix.CATEGORY, f" {public_id(Prefix.CATEGORY, number).lower()} ") == number
    assert number_of(Prefix.CATEGORY, "KE-007") == 7


@pytest.mark.parametrize(
    "text",
    ["", "KE", "KE-", "KE-0", "KE--1", "KE-1.0", "KE-\u0663", "T-1", f"KE-{MAX_NUMBER}", "KE-" + "9" * 5000]
    + [f"KE-{'0' * zeros}1" for zeros in (19, 20, 5000)],
)  # fmt: skip
def test_what_is_no_id_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match="KE-12"):
        number_of(Prefix.CATEGORY, text)
