"""Behind a proxy: whose word on who asks is believed, and what counts as one address."""

from __future__ import annotations

import httpx2
import pytest
from fastapi import FastAPI, Request

from knowledge_base.errors import InputError
from knowledge_base.settings import Settings, read_settings
from tests.web.serving import running
from web.guarding.addresses import counted_address
from web.running.serving import configure


@pytest.mark.parametrize(
    ("trusted", "told", "counted"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.0/8, 10.0.0.0/8", "203.0.113.9, 192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7", "127.0.0.1"),
        ("", "192.0.2.7", "127.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_tells_who_asks(trusted: str, told: str, counted: str) -> None:
    app = FastAPI()

    @app.get("/who")
    def who(request: Request) -> str:
        return counted_address(request)

    config = configure(app, Settings(trusted_proxies=trusted))
    with running(config) as port:
        answer = httpx2.get(f"http://127.0.0.1:{port}/who", headers={"X-Forwarded-For": told})
    assert answer.json() == counted


@pytest.mark.parametrize("wrong", ["*", "proxy.example.com", "10.0.0.1/8", "10.0.0.0/8;::1"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("KEA_TRUSTED_PROXIES", wrong)
    with pytest.raises(InputError, match="KEA_TRUSTED_PROXIES"):
        read_settings()
