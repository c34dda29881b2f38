"""The page of data in Chromium: out, in with its progress, a backup, somebody forgotten; in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge_base.settings import Settings
from tests.web.browsing import complaints, sign_in
from tests.web.examining import faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_data_goes_out_comes_in_is_kept_and_forgotten(
    page: Page, address: tuple[str, Settings], tmp_path: Path
) -> None:
    base, settings = address
    found = complaints(page)
    sign_in(page, settings)
    page.goto(f"{base}/settings/data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the project").click()
    file = tmp_path / "kea.jsonl"
    download.value.save_as(file)
    assert file.read_text(encoding="utf-8").splitlines()[-1].startswith('{"type":"end"')
    page.get_by_label("File (JSON lines)").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    page.get_by_text(re.compile("was merged into what was here: 2 categories, 1 solutions")).wait_for()
    page.get_by_role("button", name="Back up now").click()
    page.locator(".backups li").wait_for()
    page.get_by_label("Name, as the questions bear it").fill("nobody-7")
    page.get_by_label(re.compile("I am sure")).check()
    assert faults(page, "data") == []
    assert found == []
    page.get_by_role("button", name="Forget this person").click()
    page.get_by_role("alert").get_by_text("nobody called 'nobody-7'").wait_for()
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("button", name=re.compile("中")).click()
    page.goto(f"{base}/settings/data")
    page.get_by_role("heading", name="备份").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page, "data") == []
