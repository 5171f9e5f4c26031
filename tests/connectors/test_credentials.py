"""What a paid wire is asked with, and who never hears of it."""

from ipaddress import ip_network

import pytest

from connectors.answer import Validators
from connectors.credentials import credentials_of
from connectors.fetch import Fetcher, FetchLimits
from tests.clock import ManualClock
from tests.connectors.feeds import news, rss
from tests.connectors.loopback import Loopback, answers, reply
from tests.connectors.test_poller import run
from wirewatch.config_file import parse_settings
from wirewatch.errors import SettingsError
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings, Secret

WIRE = "https://wire.example/feed"
TOKEN = FeedSettings(WIRE, "Wire", token=Secret("hunter2"))


def test_a_token_and_a_password_are_said_as_the_standards_want() -> None:
    named = FeedSettings(WIRE, "Wire", username="desk", password=Secret("pässword"))
    keyed = FeedSettings(WIRE, "Wire", headers=(("X-Api-Key", Secret("hunter2")),))
    assert credentials_of(TOKEN, WIRE) == {"Authorization": "Bearer hunter2"}
    assert credentials_of(named, WIRE) == {"Authorization": "Basic ZGVzazpww6Rzc3dvcmQ="}
    assert credentials_of(keyed, WIRE) == {"X-Api-Key": "hunter2"}


@pytest.mark.parametrize(
    "elsewhere", ["https://other.example/feed", "http://wire.example/feed", "https://wire.example:444/feed"]
)
def test_no_other_host_gets_them(elsewhere: str) -> None:
    assert credentials_of(TOKEN, elsewhere) == {}


async def test_they_are_sent_and_a_redirect_to_another_host_does_not_carry_them() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as other:
        away = reply(status="302 Found", headers={"Location": other.url("/there", host="localhost")})
        async with Loopback(answers(away)) as wire:
            clock = ManualClock()
            async with open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client:
                fetcher = Fetcher(client, FetchLimits(seconds=5), clock)
                await fetcher.fetch(wire.url(), Validators(), {"X-Api-Key": "hunter2"})
            assert wire.requests[0].headers["x-api-key"] == "hunter2"
        assert "x-api-key" not in other.requests[0].headers


async def test_the_poller_asks_with_them() -> None:
    async with Loopback(answers(reply(rss([news(1)])))) as wire:
        feed = FeedSettings(wire.url(), "Wire", interval=60, token=Secret("hunter2"))
        memory = await run([feed], 1)
        assert wire.requests[0].headers["authorization"] == "Bearer hunter2"
    assert "hunter2" not in repr(memory.states)
    assert "hunter2" not in repr(memory.stories)


def test_the_configuration_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIRE_KEY", "hunter2")
    written = f'[[feeds]]\nurl = "{WIRE}"\nheaders = {{ "X-Api-Key" = "env:WIRE_KEY" }}\n'
    (feed,) = parse_settings(written).feeds
    assert feed.headers == (("X-Api-Key", Secret("hunter2")),)
    assert "hunter2" not in repr(feed)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('headers = { "Host" = "x" }', "no header that may be set"),
        ('headers = { "X Y" = "x" }', "no header that may be set"),
        ('headers = { "X" = "a\\nb" }', "printable ASCII"),
        ('headers = "X: y"', "is no table"),
        ('username = "desk"', "needs a password"),
        ('token = "a"\npassword = "b"', "one of them"),
    ],
)
def test_what_cannot_be_sent_is_a_mistake_that_shows_no_secret(line: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        parse_settings(f'[[feeds]]\nurl = "{WIRE}"\n{line}\n')
