"""Deliveries: by the session's webhook while it lasts, then by the robot's API; and the truth about each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from assistant.dingtalk.channel import DingTalk
from assistant.dingtalk.places import Place, base_url
from assistant.handing_over import target_of
from assistant.ports import Delivered, Delivery, Doubtful, Postponed, Refused
from assistant.reply import Reply
from knowledge_base.errors import InputError
from tests.assistant.dingtalk.driver import HASTY, channel_for, now
from tests.assistant.dingtalk.platform import Platform, running_platform

REPLY = Reply("en", "This is a known error", "Run the migration", question_id="Q-1", feedback=True)


class Time:
    """A clock that can be set forward."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return now() + self.shift


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        yield platform


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def channel(platform: Platform, time: Time) -> DingTalk:
    return channel_for(platform, time)


def place(platform: Platform, *, group: bool = True, staff: str = "ana", webhook: str | None = None) -> Place:
    url, expires = platform.session("cid==")
    return Place("cid==", group, staff, url if webhook is None else webhook, expires)


def send(channel: DingTalk, where: Place) -> Delivery:
    return channel.send(where.address(), REPLY, "kea:default:D-1")


def test_a_fresh_question_is_answered_by_its_webhook_and_the_asker_mentioned(
    platform: Platform, channel: DingTalk
) -> None:
    assert send(channel, place(platform)) == Delivered()
    [posted] = platform.posted
    assert (posted.way, posted.mentions) == ("session", ("ana",))
    assert posted.text.startswith("@ana\n\n#### This is a known error")
    assert platform.called == ["/robot/sendBySession"]


@pytest.mark.parametrize(("group", "staff"), [(False, "ana"), (True, ""), (True, "all](x"), (True, "a b")])
def test_nobody_is_mentioned_alone_or_by_a_strange_id(
    platform: Platform, channel: DingTalk, group: bool, staff: str
) -> None:
    send(channel, place(platform, group=group, staff=staff))
    assert platform.posted[0].mentions == ()
    assert platform.posted[0].text.startswith("#### ")


@pytest.mark.parametrize(("group", "way", "to"), [(True, "group", "cid=="), (False, "alone", "ana")])
def test_a_late_answer_goes_by_the_robots_api(
    platform: Platform, channel: DingTalk, time: Time, group: bool, way: str, to: str
) -> None:
    where = place(platform, group=group)
    time.shift = timedelta(minutes=89)
    result = send(channel, where)
    assert isinstance(result, Delivered)
    assert result.receipt.startswith("key")
    assert [(each.way, each.to) for each in platform.posted] == [(way, to)]
    assert "/robot/sendBySession" not in platform.called


def test_a_session_that_ended_early_goes_by_the_robots_api(platform: Platform, channel: DingTalk) -> None:
    where = place(platform)
    platform.sessions.clear()
    assert isinstance(send(channel, where), Delivered)
    assert [each.way for each in platform.posted] == ["group"]


def test_a_token_is_kept_and_renewed_before_it_expires(platform: Platform, channel: DingTalk, time: Time) -> None:
    where = place(platform)
    for hours, tokens in ((2, 1), (2, 1), (3.8, 1), (3.95, 2)):
        time.shift = timedelta(hours=hours)
        assert isinstance(send(channel, where), Delivered)
        assert platform.called.count("/v1.0/oauth2/accessToken") == tokens


def test_a_token_that_is_refused_is_renewed_once(platform: Platform, channel: DingTalk, time: Time) -> None:
    where = place(platform)
    time.shift = timedelta(hours=2)
    send(channel, where)
    platform.tokens.clear()
    assert isinstance(send(channel, where), Delivered)
    assert platform.called.count("/v1.0/oauth2/accessToken") == 2


def test_tokens_that_are_always_refused_end_it(
    platform: Platform, channel: DingTalk, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "tokens", Forgetful())
    where = place(platform)
    time.shift = timedelta(hours=2)
    result = send(channel, where)
    assert isinstance(result, Refused)
    assert "permission" in result.reason
    assert platform.called.count("/v1.0/oauth2/accessToken") == 2


class Forgetful(set[str]):
    """Tokens that are valid for nobody."""

    def __contains__(self, _: object) -> bool:
        return False


def test_no_token_for_a_wrong_secret(platform: Platform, time: Time) -> None:
    where = place(platform)
    time.shift = timedelta(hours=2)
    result = send(channel_for(platform, time, secret="wrong-secret-77"), where)
    assert isinstance(result, Refused)
    assert "KEA_DINGTALK_CLIENT_SECRET" in result.reason
    assert "wrong-secret-77" not in result.reason


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/robot/sendBySession?session=1",
        "https://evil.example/",
        "{base}@evil.example/x",
        "{base}/%2e%2e/x",
        "{base}\\@evil.example",
        "file:///etc/passwd",
        "robot/sendBySession",
        "",
        "x" * 3000,
    ],
)
def test_a_foreign_webhook_is_never_called(platform: Platform, channel: DingTalk, url: str) -> None:
    where = place(platform, webhook=url.format(base=platform.url.rstrip("/")))
    assert isinstance(send(channel, where), Delivered)
    assert [each.way for each in platform.posted] == ["group"]
    assert not [path for path in platform.called if not path.startswith("/v1.0/")]


@pytest.mark.parametrize("value", ["oapi.dingtalk.com", "ftp://x/", "https://", "https://x/?a=1", "https://u:p@x/"])
def test_a_base_address_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="KEA_X"):
        base_url("KEA_X", value)


@pytest.mark.parametrize("late", [False, True], ids=["session", "robot"])
@pytest.mark.parametrize(
    ("how", "kind", "after", "stored"),
    [
        ("throttled", Postponed, 5.0, 0),
        ("muted", Postponed, None, 0),
        ("error", Doubtful, None, 0),
        ("dropped", Doubtful, None, 1),
        ("slow", Doubtful, None, 1),
        ("refused", Refused, None, 0),
    ],
)
def test_the_truth_is_told(
    platform: Platform,
    time: Time,
    late: bool,
    how: str,
    kind: type,
    after: float | None,
    stored: int,
) -> None:
    where = place(platform)
    if late:
        time.shift = timedelta(hours=2)
    platform.breaks.append(how)
    channel = channel_for(platform, time, seconds=HASTY) if how == "slow" else channel_for(platform, time)
    result = send(channel, where)
    assert isinstance(result, kind), result
    if isinstance(result, Postponed):
        assert result.after == (after or (60.0 if late else 600.0))
    assert len(platform.posted) == stored
    assert where.webhook.rpartition("=")[2] not in repr(result)


@pytest.mark.parametrize("late", [False, True], ids=["session", "robot"])
def test_nothing_was_sent_where_nobody_listens(platform: Platform, channel: DingTalk, time: Time, late: bool) -> None:
    where = place(platform)
    if late:
        time.shift = timedelta(hours=2)
    platform.go_away()
    assert isinstance(send(channel, where), Postponed)
    platform.listen()
    assert isinstance(send(channel, where), Delivered)


def test_nothing_was_sent_where_no_token_came(platform: Platform, channel: DingTalk, time: Time) -> None:
    where = place(platform)
    time.shift = timedelta(hours=2)
    platform.breaks.append("token")
    assert isinstance(send(channel, where), Postponed)
    assert platform.posted == []


def test_a_platform_that_is_busy_may_have_taken_it(platform: Platform, channel: DingTalk) -> None:
    platform.breaks.append("busy")
    assert isinstance(send(channel, place(platform)), Doubtful)


def test_people_whom_the_robot_cannot_write_to(platform: Platform, channel: DingTalk, time: Time) -> None:
    strangers = [place(platform, group=False, staff=staff) for staff in ("", "gone")]
    ana = place(platform, group=False)
    time.shift = timedelta(hours=2)
    for stranger in strangers:
        assert isinstance(send(channel, stranger), Refused)
    platform.breaks.append("flow")
    assert isinstance(send(channel, ana), Postponed)
    assert platform.posted == []


def test_a_robot_code_that_is_not_ours_is_refused_with_advice(platform: Platform, time: Time) -> None:
    channel = channel_for(platform, time)
    channel._robot_code = "another"
    where = place(platform)
    time.shift = timedelta(hours=2)
    result = send(channel, where)
    assert isinstance(result, Refused)
    assert "KEA_DINGTALK_ROBOT_CODE" in result.reason


def test_secrets_reach_no_log_and_no_repr(
    platform: Platform, channel: DingTalk, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    where = place(platform)
    with caplog.at_level(logging.INFO):
        from assistant.dingtalk import adapters
        from tests.assistant.dingtalk.driver import settings_for

        list(adapters(settings_for(platform, dingtalk_stream=False), lambda project: lambda inbound: True, time))
        send(channel, where)
        time.shift = timedelta(hours=2)
        send(channel, where)
    assert len(platform.posted) == 2
    for secret in (where.webhook.rpartition("=")[2], "the-app-secret", *platform.tokens):
        assert secret not in caplog.text + repr(where)


def test_a_message_is_never_found_again(platform: Platform, channel: DingTalk) -> None:
    where = place(platform)
    send(channel, where)
    assert channel.find(where.address(), "kea:default:D-1") is None


def test_places_are_kept_as_they_are(platform: Platform) -> None:
    where = place(platform)
    assert Place.of(where.address()) == where
    assert DingTalk.lane(channel_for(platform), where.address()) == "cid=="


def test_engineers_are_told_in_their_conversation(platform: Platform, channel: DingTalk) -> None:
    target = target_of("cidKea0123456789==")
    assert target is not None
    assert channel.lane(target.address) == target.lane
    assert isinstance(channel.send(target.address, REPLY, "kea:default:D-1"), Delivered)
    assert [(each.way, each.to) for each in platform.posted] == [("group", "cidKea0123456789==")]
