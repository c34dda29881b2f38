"""Walks through the doors: accounts, the lock, OpenID Connect, tokens, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from pydantic import SecretStr

from knowledge_base.embedding import HashingEmbedder
from knowledge_base.knowledge import KnowledgeBase
from tests.web.browsing import add_person, complaints, sign_in_with_password
from tests.web.openid_provider import CLIENT, SECRET, running_provider
from tests.web.serving import running
from tests.web.walks.conftest import Place, Visit
from web.app import create_app
from web.identity.signin import make_link

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.browser
PASSWORD = "three words in a row"


def test_accounts_locks_and_tokens(place: Place, visit: Visit) -> None:
    page, theirs = visit(None), visit(None)
    told = complaints(page)
    # The first-run link makes an account with a password.
    page.goto(make_link(place.settings))
    page.get_by_label("Your name").fill("Anna Berg")
    page.get_by_label("A password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{place.base}/")
    page.goto("/people")
    viewer = add_person(page, "Tom Viewer", "viewer")
    # A token is shown once, works with its role, and stops when it is revoked.
    tokens = page.locator("form[action='/tokens']")
    tokens.get_by_label("Name of the program").fill("walker")
    tokens.get_by_role("button", name="Make a token").click()
    bearer = {"Authorization": f"Bearer {page.locator('code.secret').inner_text()}"}
    assert httpx2.get(f"{place.base}/api/v1/categories", headers=bearer).status_code == 200
    page.goto("/people")
    assert page.locator("code.secret").count() == 0
    page.get_by_role("button", name="Revoke walker").click()
    page.get_by_role("button", name="Revoke walker").wait_for(state="detached")
    assert httpx2.get(f"{place.base}/api/v1/categories", headers=bearer).status_code == 401
    # Five wrong passwords lock the account; a viewer reads and is refused the rest.
    sign_in_with_password(theirs, "", "tom VIEWER", viewer)
    theirs.wait_for_url(f"{place.base}/")
    assert theirs.goto("/people").status == 403  # type: ignore[union-attr]
    theirs.goto("/queue")
    assert theirs.locator("[data-row]").count()
    assert theirs.locator("main form[method=post], main input[type=checkbox]").count() == 0
    theirs.context.clear_cookies()
    for _ in range(5):
        sign_in_with_password(theirs, "", "Tom Viewer", "not the password")
    sign_in_with_password(theirs, "", "Tom Viewer", viewer)
    assert theirs.get_by_role("alert").inner_text().startswith("that failed 5 times")
    # A new role and a new password hold at once.
    person = page.locator(".person", has_text="Tom Viewer")
    person.get_by_role("combobox").select_option("engineer")
    person.get_by_role("button", name="Save").click()
    page.locator(".person", has_text="Tom Viewer").locator("summary").click()
    page.locator(".person", has_text="Tom Viewer").get_by_role("button", name="New password").click()
    sign_in_with_password(theirs, "", "Tom Viewer", page.locator("code.secret").inner_text())
    theirs.wait_for_url(f"{place.base}/")
    theirs.goto("/queue")
    assert theirs.locator("main input[type=checkbox]").count()
    theirs.goto("/account")
    theirs.get_by_role("button", name="Sign out everywhere").click()
    theirs.wait_for_url("**/sign-in")
    assert theirs.goto("/").status == 401  # type: ignore[union-attr]
    assert told == []


def test_a_provider_vouches(place: Place, visit: Visit) -> None:
    with running_provider() as issuer:
        secret = SecretStr(SECRET)
        given = {
            "oidc_issuer": issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": secret,
            "oidc_name": "Example SSO",
        }
        settings = place.settings.model_copy(update=given)
        knowledge = KnowledgeBase(settings, embedder=HashingEmbedder())
        with running(create_app(settings, knowledge=knowledge, runs_background=False)) as port:
            page = visit(None)
            told = complaints(page)
            page.goto(f"http://127.0.0.1:{port}/sign-in?next=/queue")
            page.get_by_role("link", name="Sign in with Example SSO").click()
            page.wait_for_url("**/queue")
            assert page.get_by_text("Signed in as Lin Wei").count()
            assert page.locator("main form[method=post]").count() == 0, "a viewer until an admin gives more"
            page.context.close()
    assert told == []
