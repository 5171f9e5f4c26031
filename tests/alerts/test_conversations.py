"""A revision edits the message that the alert became, or answers in its thread: Slack by token, Discord."""

import json
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from alerts.delivery import Outgoing
from alerts.exchange import Wire
from alerts.schedule import Answer
from alerts.webhooks import KINDS, check_endpoint
from alerts.webhooks.discord import standing
from tests.alerts.examples import AT, an_alert
from tests.alerts.receiver import Got, Say, receiving
from tests.alerts.running import bench
from tests.alerts.scene import LOOPBACK, Scene, scene
from tests.alerts.test_chat_kinds import LIVE, LIVE_IN_MARKDOWN
from tests.alerts.test_slack import hostile
from tests.clock import ManualClock
from wirewatch.clock import SystemClock
from wirewatch.config_file import parse_settings
from wirewatch.messages import Alert
from wirewatch.network import Guard, open_client
from wirewatch.settings import EndpointSettings, Secret

TOKEN = "xoxb-1234567890-abcdefgh"
STAMP = "1748757600.000100"
DENIED = "Denied: 472 drones counts no more"


def a_bot(url: str, channel: str = "C0123456789") -> EndpointSettings:
    return EndpointSettings("desk-slack", "slack", Secret(url), Secret(TOKEN), channel=channel)


def a_discord(url: str) -> EndpointSettings:
    return EndpointSettings("desk-discord", "discord", Secret(url))


def slack_says(**said: Any) -> Say:
    return Say(200, body=json.dumps(said).encode())


TAKEN = slack_says(ok=True, channel="C0123456789", ts=STAMP)


async def sent(play: Scene, endpoint: EndpointSettings, alert: Alert, posted: str = "") -> Answer:
    async with open_client(Guard(LOOPBACK), user_agent="Wirewatch/test") as client:
        wire = Wire(client, ManualClock(AT), 10.0)
        return await KINDS[endpoint.kind].send(endpoint, Outgoing(alert, AT, posted=posted), wire)


def said(got: Got) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(got.body)
    return decoded


async def test_a_bot_posts_and_remembers_how_slack_names_the_message() -> None:
    async with scene() as play:
        play.receiver.script("/chat.postMessage", [TAKEN])
        answer = await sent(play, a_bot(play.receiver.address), an_alert("desk-slack"))
        (got,) = play.receiver.got
    assert (answer.reason, answer.receipt) == ("accepted", f"C0123456789/{STAMP}")
    assert got.headers["authorization"] == f"Bearer {TOKEN}"
    assert said(got)["channel"] == "C0123456789"
    assert said(got)["blocks"][0]["text"]["text"].startswith("🔴 FLASH · 472 drones")


async def test_a_revision_edits_the_message_and_answers_in_its_thread() -> None:
    async with scene() as play:
        for path in ("/chat.postMessage", "/chat.update"):
            play.receiver.script(path, [TAKEN])
        revised = replace(
            an_alert("desk-slack", revision=2, reason="Figure made exact: at least 400 → 472"),
            first_headline="472 drones tonight",
        )
        answer = await sent(play, a_bot(play.receiver.address), revised, f"C0123456789/{STAMP}")
        edit, told = (said(got) for got in play.receiver.got)
    assert answer.reason == "accepted"
    assert (edit["ts"], edit["channel"]) == (STAMP, "C0123456789")
    assert "Figure made exact" in json.dumps(edit, ensure_ascii=False)
    assert told["thread_ts"] == STAMP
    assert "reply_broadcast" not in told
    assert "472 drones tonight" in json.dumps(told)


async def test_a_denial_is_heard_in_the_channel_too() -> None:
    async with scene() as play:
        for path in ("/chat.postMessage", "/chat.update"):
            play.receiver.script(path, [TAKEN])
        await sent(
            play,
            a_bot(play.receiver.address),
            an_alert("desk-slack", revision=2, reason=DENIED),
            f"C1/{STAMP}",
        )
        assert said(play.receiver.got[-1])["reply_broadcast"] is True


async def test_a_message_that_somebody_deleted_is_followed_by_one_of_its_own() -> None:
    async with scene() as play:
        play.receiver.script("/chat.update", [slack_says(ok=False, error="message_not_found")])
        play.receiver.script("/chat.postMessage", [TAKEN])
        answer = await sent(
            play, a_bot(play.receiver.address), an_alert("desk-slack", revision=2), f"C1/{STAMP}"
        )
        assert answer.reason == "accepted"
        assert "thread_ts" not in said(play.receiver.got[-1])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (slack_says(ok=False, error="ratelimited"), "rate_limited"),
        (Say(429, {"Retry-After": "30"}), "rate_limited"),
        (slack_says(ok=False, error="internal_error"), "server_error"),
        (slack_says(ok=False, error="channel_not_found"), "rejected"),
        (slack_says(ok=False, error="invalid_auth"), "rejected"),
        (Say(200, body=b"not json"), "rejected"),
        (Say(200, body=b""), "rejected"),
        (Say(500), "server_error"),
    ],
)
@pytest.mark.parametrize("revision", [1, 2])
async def test_what_slack_refuses_in_a_200_is_refused(answer: Say, reason: str, revision: int) -> None:
    async with scene() as play:
        for path in ("/chat.postMessage", "/chat.update"):
            play.receiver.script(path, [answer])
        alert = an_alert("desk-slack", revision=revision)
        found = await sent(play, a_bot(play.receiver.address), alert, f"C1/{STAMP}")
        assert found.reason == reason
        assert len(play.receiver.got) == 1
        assert found.retry_after == (30.0 if answer.headers else None)


@pytest.mark.parametrize(
    "hostile", ["https://evil.example/T0pSeCrEt", "xoxb-T0pSeCrEt", "a" * 5000, "<!channel>"]
)
async def test_what_slack_repeats_is_not_repeated(hostile: str) -> None:
    async with scene() as play:
        play.receiver.script("/chat.postMessage", [slack_says(ok=False, error=hostile)])
        found = await sent(play, a_bot(play.receiver.address), an_alert("desk-slack"))
        assert hostile not in found.detail


async def test_discord_is_asked_for_the_messages_name() -> None:
    async with scene() as play:
        url = play.receiver.script("/hooks/1", [Say(200, body=b'{"id": "1375", "content": "x"}')])
        answer = await sent(play, a_discord(f"{url}?thread_id=7"), an_alert("desk-discord"))
        assert (answer.reason, answer.receipt) == ("accepted", "1375")
        assert play.receiver.queries == ["thread_id=7&wait=true"]


async def test_discords_message_is_edited() -> None:
    async with scene() as play:
        url = play.receiver.script("/hooks/1", [Say(200, body=b'{"id": "1375"}')])
        play.receiver.script("/hooks/1/messages/1375", [Say(200, body=b'{"id": "1375"}')])
        revised = an_alert("desk-discord", revision=2, reason="Figure made exact: at least 400 → 472")
        answer = await sent(play, a_discord(url), revised, "1375")
        (got,) = play.receiver.got
        assert answer.reason == "accepted"
        assert (got.method, got.path) == ("PATCH", "/hooks/1/messages/1375")
        assert "Figure made exact" in said(got)["content"]
        assert "472 drones" in said(got)["embeds"][0]["description"]


async def test_discord_hears_of_a_denial_beside_the_edit_as_an_edit_rings_nobody() -> None:
    async with scene() as play:
        url = play.receiver.script("/hooks/1", [Say(200, body=b'{"id": "1400"}')])
        play.receiver.script("/hooks/1/messages/1375", [Say(200)])
        answer = await sent(play, a_discord(url), an_alert("desk-discord", revision=2, reason=DENIED), "1375")
        assert [got.method for got in play.receiver.got] == ["PATCH", "POST"]
        assert answer.receipt == ""


async def test_a_message_of_discord_that_is_gone_is_followed_by_one_of_its_own() -> None:
    async with scene() as play:
        url = play.receiver.script("/hooks/1", [Say(200, body=b'{"id": "1400"}')])
        play.receiver.script("/hooks/1/messages/1375", [Say(404)])
        answer = await sent(play, a_discord(url), an_alert("desk-discord", revision=2), "1375")
        assert [got.method for got in play.receiver.got] == ["PATCH", "POST"]
        assert answer.reason == "accepted"


async def test_a_lane_hands_a_revision_the_name_of_the_first_message() -> None:
    async with scene() as play:
        url = play.receiver.script("/hooks/1", [Say(200, body=b'{"id": "1375"}')])
        lane = play.lane(a_discord(url))
        first, second = (an_alert("desk-discord", revision=number) for number in (1, 2))
        lane.offer(play.item(first))
        lane.offer(play.item(second))
        await play.until(lambda: play.books.outcomes == ["delivered", "delivered"])
        await play.running.end(lane)
        assert [got.path for got in play.receiver.got] == ["/hooks/1", "/hooks/1/messages/1375"]
        assert play.books.receipts == [(first.id, "1375")]


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_another_worker_edits_the_message_that_the_first_one_posted(
    kafka: str, topic_prefix: str
) -> None:
    async with bench(kafka, topic_prefix) as wire, receiving(SystemClock()) as receiver:
        url = receiver.script("/hooks/1", [Say(200, body=b'{"id": "1375"}')])
        receiver.script("/hooks/1/messages/1375", [Say(200)])
        async with wire.working([a_discord(url)]):
            await wire.put([an_alert("desk-discord")])
            await wire.until(lambda found: len(found) == 1)
        async with wire.working([a_discord(url)]):
            await wire.put([an_alert("desk-discord", revision=2)])
            await wire.until(lambda found: len(found) == 2)
        assert [got.method for got in receiver.got] == ["POST", "PATCH"]


def test_a_bot_needs_no_url_and_its_mistakes_are_said_without_its_token() -> None:
    settings = parse_settings(
        f'[[endpoints]]\nid = "a"\nkind = "slack"\nchannel = "C0123456789"\nsecret = "{TOKEN}"\n',
        check_endpoint=check_endpoint,
    )
    (endpoint,) = settings.endpoints
    assert endpoint.url.reveal() == "https://slack.com/api/"
    assert check_endpoint(replace(endpoint, channel="#world")) == []
    for wrong, what in (
        (replace(endpoint, channel="two words"), "channel is none"),
        (replace(endpoint, secret=Secret("T0pSeCrEt")), "no bot's token"),
        (replace(endpoint, secret=None), "no bot's token"),
        (replace(endpoint, url=Secret("http://slack.com/api/")), "https:// alone"),
        (replace(endpoint, channel=None), "needs a channel"),
        (replace(endpoint, kind="teams"), "only kind 'slack' knows"),
    ):
        found = " ".join(check_endpoint(wrong))
        assert what in found
        assert "T0pSeCrEt" not in found
        assert TOKEN not in found


@given(text=hostile)
def test_an_edit_is_as_inert_as_the_message_was(text: str) -> None:
    alert = an_alert(revision=2, headline=text, sentence=text, said_by=text, source=text, reason=text)
    post = standing(Outgoing(alert, AT, console="https://wire.example.org/story/cluster-1"))
    message = json.loads(post.body)
    assert not LIVE.search(post.body.decode())
    assert not LIVE_IN_MARKDOWN.search(post.body.decode())
    assert len(message["content"]) <= 2000
    assert len(message["embeds"][0]["description"]) <= 4096
    assert message["allowed_mentions"] == {"parse": []}


def test_an_edit_stays_within_the_limit_with_the_longest_link() -> None:
    text = "*_~`" * 200
    alert = an_alert(
        revision=2, headline=text, sentence=text, said_by=text, source=text, reason=text, desk=text,
        url="https://news.example/" + "a" * 1900,
    )  # fmt: skip
    message = json.loads(
        standing(Outgoing(alert, AT, console="https://wire.example.org/story/cluster-1")).body
    )
    assert len(message["embeds"][0]["description"]) <= 4096
