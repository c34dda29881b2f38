"""The plot of a reliability table is a picture that shows its numbers."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.reliability_plot import LEFT, SIDE, TOP, reliability_plot, write_reliability_plot

SVG = "{http://www.w3.org/2000/svg}"
JUDGED = [(0.25, False)] * 3 + [(0.25, True)] + [(0.95, True)] * 12


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_dots_are_where_confidence_and_share_are(tmp_path: Path) -> None:
    path = tmp_path / "images" / "reliability.svg"
    write_reliability_plot(JUDGED, path, title="Answers & <guesses>")
    picture = drawn(path.read_text(encoding="utf-8"))
    assert picture.findtext(f"{SVG}title") == "Answers & <guesses>"
    dots = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in picture.iter(f"{SVG}circle")]
    expected = [(LEFT + 0.25 * SIDE, TOP + 0.75 * SIDE), (LEFT + 0.95 * SIDE, TOP)]
    assert dots == [pytest.approx(each) for each in expected]
    assert [each.text for each in picture.iter(f"{SVG}title")][1:] == ["4 questions", "12 questions"]
    assert any("16 questions, Brier score" in (each.text or "") for each in picture.iter(f"{SVG}text"))


def test_nothing_is_a_picture_too() -> None:
    picture = drawn(reliability_plot([], title="Nothing"))
    assert not list(picture.iter(f"{SVG}circle"))
