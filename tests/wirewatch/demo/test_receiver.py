"""What the receiver believes."""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from tests.clock import ManualClock
from wirewatch.demo.receiver import WebhookReceiver, judge_signature, read_secret
from wirewatch.errors import InputError

SECRET = "whsec_" + b64encode(b"a secret of the tests alone").decode()
BODY = b'{"type": "alert.record"}'
NOW = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)


def signed(webhook_id: str = "msg_1", when: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, when, BODY.decode()),
    }


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    receiver = WebhookReceiver(SECRET, ManualClock(NOW))
    await receiver.start()
    yield receiver
    await receiver.stop()


async def post(receiver: WebhookReceiver, headers: dict[str, str], body: bytes = BODY) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(receiver.url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_a_signed_webhook_is_kept_and_given_out(receiver: WebhookReceiver) -> None:
    assert await post(receiver, signed()) == 204

    webhook = await receiver.next()
    assert (webhook.webhook_id, webhook.body) == ("msg_1", BODY)
    assert receiver.received == (webhook,)


async def test_a_webhook_that_comes_twice_is_counted_and_shown_once(receiver: WebhookReceiver) -> None:
    await post(receiver, signed())
    assert await post(receiver, signed()) == 204

    assert len(receiver.received) == 1
    assert receiver.redeliveries == 1


async def test_webhooks_are_kept_in_the_order_of_arrival(receiver: WebhookReceiver) -> None:
    for webhook_id in ("msg_2", "msg_1", "msg_3"):
        await post(receiver, signed(webhook_id))

    assert [webhook.webhook_id for webhook in receiver.received] == ["msg_2", "msg_1", "msg_3"]


async def test_a_body_that_was_not_signed_is_refused_with_the_reason(receiver: WebhookReceiver) -> None:
    assert await post(receiver, signed(), b"{}") == 401

    assert receiver.received == ()
    assert receiver.refused == {"signature_wrong": 1}


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_timestamp_far_from_now_is_stale(hours: int) -> None:
    headers = signed(when=NOW + timedelta(hours=hours))

    assert judge_signature(read_secret(SECRET), headers, BODY, NOW) == "timestamp_stale"


def test_another_secret_does_not_sign() -> None:
    headers = signed(secret="whsec_" + b64encode(b"somebody else's").decode())

    assert judge_signature(read_secret(SECRET), headers, BODY, NOW) == "signature_wrong"


def test_one_good_signature_among_several_is_enough_while_secrets_rotate() -> None:
    headers = signed()
    headers["webhook-signature"] = "v1,bm90IGl0 v2,x v1,!! " + headers["webhook-signature"]

    assert judge_signature(read_secret(SECRET), headers, BODY, NOW) == "accepted"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_is_needed(name: str) -> None:
    headers = signed()
    del headers[name]

    assert judge_signature(read_secret(SECRET), headers, BODY, NOW) == "header_missing"


@pytest.mark.parametrize("timestamp", ["soon", "-5", "1e9", "٤٧٢", "9" * 400])
def test_a_timestamp_that_is_no_number_is_refused(timestamp: str) -> None:
    headers = {**signed(), "webhook-timestamp": timestamp}

    assert judge_signature(read_secret(SECRET), headers, BODY, NOW) == "timestamp_unreadable"


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64!", ""])
def test_a_secret_that_is_none_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(InputError) as refused:
        read_secret(secret)

    assert secret == "" or secret not in str(refused.value)
