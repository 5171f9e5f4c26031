"""Signatures that the public verifier of Standard Webhooks believes."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.signing import keys, sign
from tests.alerts.examples import OLD_SECRET, SECRET
from wirewatch.clock import SystemClock
from wirewatch.errors import SettingsError
from wirewatch.settings import Secret


def test_the_published_vector_is_met() -> None:
    # Of the specification's own libraries: the same secret, id, time and body in each of their test suites.
    headers = sign(
        Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(st.binary(min_size=24, max_size=64), st.text(st.characters(exclude_categories=["Cs"])))
def test_the_public_verifier_believes_what_is_signed(key: bytes, text: str) -> None:
    secret = "whsec_" + b64encode(key).decode()
    headers = sign(Secret(secret), "id", text.encode(), SystemClock().now())
    Webhook(secret).verify(text.encode(), headers, json_parse=False)


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_while_secrets_rotate_the_new_one_and_the_old_one_are_believed(secret: str) -> None:
    headers = sign(Secret(f"{SECRET} {OLD_SECRET}"), "id", b"{}", SystemClock().now())
    assert Webhook(secret).verify(b"{}", headers) == {}


def test_another_secret_is_not_believed() -> None:
    headers = sign(Secret(SECRET), "id", b"{}", SystemClock().now())
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD_SECRET).verify(b"{}", headers)


def test_another_body_is_not_believed() -> None:
    headers = sign(Secret(SECRET), "id", b"{}", SystemClock().now())
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b"{ }", headers)


def test_an_old_signature_is_not_believed() -> None:
    headers = sign(Secret(SECRET), "id", b"{}", datetime(2025, 6, 1, tzinfo=UTC))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(b"{}", headers)


def test_a_secret_without_padding_is_the_same_secret() -> None:
    assert keys(Secret(SECRET.rstrip("="))) == keys(Secret(SECRET))


@pytest.mark.parametrize(
    ("secret", "mistake"),
    [
        ("", "empty"),
        ("hunter2-hunter2-hunter2", "does not begin with whsec_"),
        ("whsec_Zm9v whsec_YmFy whsec_YmF6", "more than two"),
        ("whsec_n*t-base64!", "not base64"),
        ("whsec_c2hvcnQ=", "5 bytes"),
        ("whsec_" + "QUFB" * 30, "90 bytes"),
    ],
)
def test_a_secret_of_another_form_is_refused_without_repeating_it(secret: str, mistake: str) -> None:
    with pytest.raises(SettingsError, match=mistake) as caught:
        keys(Secret(secret))
    for word in secret.split():
        assert word.removeprefix("whsec_") not in str(caught.value)
    assert caught.value.__cause__ is None
