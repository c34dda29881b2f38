"""The reference of the API: all operations, found by their words, with no foreign host and no violation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, sign_in
from tests.web.examining import faults

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_it_shows_each_operation_once(signed_in: TestClient) -> None:
    shown = signed_in.get("/docs").text
    document = signed_in.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert shown.count(f'<details id="{operation["operationId"]}"') == 1, path


def test_words_choose_operations(signed_in: TestClient) -> None:
    shown = signed_in.get("/docs", params={"q": "curation UNDO act"}).text
    assert shown.count('<details id="') == 1
    assert "/api/v1/undo" in shown
    assert "No operation has these words" in signed_in.get("/docs", params={"q": "<b>nothing"}).text


@pytest.mark.browser
def test_it_works_in_a_browser_and_asks_nobody_else(page: Page, address: tuple[str, Settings]) -> None:
    base, settings = address
    found, hosts = complaints(page), set[str]()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    sign_in(page, settings)
    page.goto(f"{base}/docs")
    page.get_by_role("searchbox", name="Search operations").fill("undo act")
    page.keyboard.press("Enter")
    page.get_by_text("--data-binary '{\"audit_id\": 7}'").wait_for()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page, "reference") == []
    assert found == []
    assert hosts == {urlsplit(base).netloc}
