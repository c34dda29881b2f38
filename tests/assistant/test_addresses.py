"""Addresses that come in payloads: used only below the configured one, whoever reads them."""

from __future__ import annotations

import pytest

from assistant.addresses import is_address, is_below

SLACK = "https://hooks.slack.com/"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        (SLACK, "https://hooks.slack.com/commands/T1/2/secret"),
        (SLACK, "https://HOOKS.slack.com:443/x"),
        (SLACK, "https://hooks.slack.com/"),
        ("https://hooks.slack.com", "https://hooks.slack.com/x"),
        ("https://oapi.dingtalk.com/", "https://oapi.dingtalk.com/robot/sendBySession?session=a%2e%2e"),
        ("https://proxy.example/hooks", "https://proxy.example/hooks/commands/1"),
        ("https://proxy.example/hooks/", "https://proxy.example/hooks/a.b/..."),
        ("http://[::1]:8080/", "http://[::1]:8080/x"),
    ],
)
def test_what_is_below(base: str, url: str) -> None:
    assert is_below(url, base)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/x",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com:444/x",
        "https://hooks.slack.com:port/x",
        "https://hooks.slack.com:99999/x",
        "https://hooks.slack.com@evil.example/",
        "https://evil.example/https://hooks.slack.com/",
        "https://evil.example#@hooks.slack.com/x",
        "https://hooks.slack.com\\@evil.example/",
        "https://user@hooks.slack.com/x",
        "https://hooks.slack.com/app/../../x",
        "https://hooks.slack.com/./x",
        "https://hooks.slack.com/%2e%2e/x",
        "https://hooks.slack.com/.%2E/x",
        "https://hooks.slack.com/a%2f..%2fx",
        "https://hooks.slack.com/a%5c..%5cx",
        "https://u:p@hooks.slack.com/x",
        "https://hooks.slack.com/%252e%252e/x",
        "https://hooks。slack.com/x",
        "https://hooks.slack.com/x\nHost: y",
        "https://hooks.slack.com/x\n",
        "https://hooks.slack.com/a b",
        "https:hooks.slack.com/x",
        "https:/hooks.slack.com/x",
        "https:///hooks.slack.com/x",
        "//hooks.slack.com/x",
        "hooks.slack.com/x",
        "file:///etc/passwd",
        "https://[hooks.slack.com/x",
        "https://hooks.slack.com/" + "x" * 2000,
        "",
    ],
)
def test_what_is_not_below(url: str) -> None:
    assert not is_below(url, SLACK)


def test_the_path_is_part_of_the_base() -> None:
    base = "https://proxy.example/hooks"
    for path in ("", "/", "/hooksevil/1", "/hooks", "/hooks/%2e%2e/1", "/other/hooks/1"):
        assert not is_below(f"https://proxy.example{path}", base)


@pytest.mark.parametrize("value", ["https://slack.com/api/", "http://127.0.0.1:8080", "https://[::1]/x?y=1"])
def test_what_is_an_address(value: str) -> None:
    assert is_address(value)


@pytest.mark.parametrize(
    "value", ["slack.com/api", "ftp://x/", "https://", "https://u:p@x/", "", "https://x:y/", "https://x/a b"]
)
def test_what_is_no_address(value: str) -> None:
    assert not is_address(value)
