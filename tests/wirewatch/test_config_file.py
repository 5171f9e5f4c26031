"""The configuration is read as a whole, and every mistake is told at once."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from wirewatch.cli.config import shown
from wirewatch.config_file import find_file, load_settings, parse_settings
from wirewatch.desk_settings import FigureWatch
from wirewatch.errors import SettingsError
from wirewatch.settings import Secret

WHOLE = """
[kafka]
bootstrap_servers = "kafka:9092"
topic_prefix = "news."
[state]
folder = "/var/lib/wirewatch"
[http]
allow_networks = ["127.0.0.0/8"]
contact = "desk@example.org"
[alerts]
max_story_age = "6h"
[[feeds]]
url = "http://127.0.0.1:8000/feed"
name = "Local"
language = "en"
tier = 1
interval = "1s"
[[endpoints]]
id = "newsroom"
kind = "standard"
url = "https://hooks.example.org/a"
secret = "whsec_c2VjcmV0"
[[desks]]
id = "world"
endpoints = ["newsroom"]
"""


def mistakes(written: str) -> str:
    with pytest.raises(SettingsError) as caught:
        parse_settings(written)
    return str(caught.value)


def test_every_fixed_key_is_read() -> None:
    settings = parse_settings(WHOLE)
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert settings.kafka.topic_prefix == "news."
    assert settings.state_folder == Path("/var/lib/wirewatch")
    assert settings.http.allow_networks == (ip_network("127.0.0.0/8"),)
    assert settings.alerts.max_story_age == timedelta(hours=6)
    assert settings.feeds[0].interval == 1.0
    assert settings.endpoints[0].secret == Secret("whsec_c2VjcmV0")
    assert settings.desks[0].endpoints == ("newsroom",)


def test_a_desk_names_the_figures_that_it_watches() -> None:
    settings = parse_settings(
        WHOLE + 'watch = [{ unit = "deaths", at_least = 50, change = 0.5 }, { unit = "drones", times = 2 }]'
    )
    assert settings.desks[0].watch == (
        FigureWatch("deaths", at_least=50, change=0.5),
        FigureWatch("drones", times=2),
    )
    assert settings.watched_units == {"deaths", "drones"}


def test_the_age_of_news_can_be_off() -> None:
    assert parse_settings('[alerts]\nmax_story_age = "off"').alerts.max_story_age is None


def test_all_mistakes_are_told_at_once_with_their_lines() -> None:
    told = mistakes(
        '[kafka]\ntopic_prefx = "x"\n[http]\nallow_networks = ["nonsense"]\n[[feeds]]\nname = "no url"\n'
    )
    assert "3 mistake(s)" in told
    assert "line 2: kafka.topic_prefx: is not known; did you mean 'topic_prefix'?" in told
    assert "line 4: http.allow_networks" in told
    assert "line 5: feeds: url is missing" in told


def test_the_line_is_that_of_the_entry_and_not_of_the_first_of_its_kind() -> None:
    told = mistakes(
        '[[feeds]]\nurl = "https://a.example/f"\n[[feeds]]\nurl = "https://b.example/f"\ntier = 7\n'
    )
    assert "line 5: feeds.tier" in told


def test_an_entry_with_a_mistake_of_its_own_hides_no_other() -> None:
    written = (
        '[[endpoints]]\nid = "chat"\nkind = "slak"\nurl = "https://a.example/"\n'
        '[[endpoints]]\nid = "chat"\nkind = "slack"\nurl = "https://a.example/"\nfallback = "char"\n'
        '[[desks]]\nid = "world"\nendpoints = ["chat"]\n'
    )
    with pytest.raises(SettingsError) as told:
        parse_settings(written)
    lines = str(told.value).splitlines()[1:]
    assert [line.strip().split(":")[0] for line in lines] == ["line 3", "line 5", "line 9"]
    assert "did you mean 'slack'" in lines[0]
    assert "'chat' stands there twice" in lines[1]
    assert "'char' is no endpoint; did you mean 'chat'" in lines[2]


def test_a_sasl_password_that_is_not_set_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match=r"1 mistake\(s\)"):
        parse_settings(
            '[kafka]\nsecurity_protocol = "SASL_SSL"\nsasl_username = "w"\nsasl_password = "env:NO_SUCH_PASSWORD"'
        )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[[feeds]]\nurl = "ftp://a.example/f"', "begins with http"),
        ('[[feeds]]\nurl = "https://a.example/f"\ninterval = "1s"', "under 60s"),
        ('[[feeds]]\nurl = "https://a.example/f"\ninterval = "soon"', "no duration"),
        ('[[endpoints]]\nid = "a"\nkind = "standard"\nurl = "https://a.example/"', "needs a secret"),
        ('[[endpoints]]\nid = "a"\nkind = "slak"\nurl = "https://a.example/"', "did you mean 'slack'?"),
        (
            '[[endpoints]]\nid = "a"\nkind = "slack"\nurl = "env:WIREWATCH_NO_SUCH"',
            "WIREWATCH_NO_SUCH is not set",
        ),
        ('[[desks]]\nid = "a"\nendpoints = ["b"]', "'b' is no endpoint"),
        (
            '[[endpoints]]\nid = "a"\nkind = "slack"\nurl = "https://a.example/"\nfallback = "b"',
            "'b' is no endpoint",
        ),
        (
            '[[endpoints]]\nid = "a"\nkind = "slack"\nurl = "https://a.example/"\nfallback = "a"',
            "is this endpoint itself",
        ),
        (
            '[[endpoints]]\nid = "a"\nkind = "slack"\nurl = "https://a.example/"\nfallback = "b"\n'
            '[[endpoints]]\nid = "b"\nkind = "slack"\nurl = "https://a.example/"\nfallback = "c"\n'
            '[[endpoints]]\nid = "c"\nkind = "slack"\nurl = "https://a.example/"',
            "'b' has a fallback itself",
        ),
        ('[http]\nallow_networks = ["10.1.2.3/8"]', "write '10.0.0.0/8' or '10.1.2.3'"),
        ('[alerts]\nmax_story_age = "0s"', "no time at all"),
        ('[alerts]\nmax_story_age = "99999999999d"', 'write "off"'),
        ('[[feeds]]\nurl = "https://a.example/f"\nlanguage = "English, mostly"', "is no language tag"),
        ('[[desks]]\nid = "a"\nendpoints = ["b", "b"]', "names an endpoint twice"),
        ('[[desks]]\nid = "a"\nwatch = [{ unit = "deaths" }]', "says neither at_least nor times"),
        ('[[desks]]\nid = "a"\nwatch = [{ at_least = 50 }]', "names no unit"),
        ('[[desks]]\nid = "a"\nwatch = ["deaths"]', "is no figure"),
        ('[[desks]]\nid = "a"\nwatch = [{ unit = "deaths", at_last = 5 }]', "did you mean 'at_least'?"),
        (
            '[[desks]]\nid = "a"\nwatch = [{ unit = "deaths", at_least = true }]',
            "at_least: True is no number",
        ),
        ('[[desks]]\nid = "a"\nwatch = [{ unit = "deaths", at_least = nan }]', "at_least: nan is no number"),
        (
            '[[desks]]\nid = "a"\nwatch = [{ unit = "deaths", times = 1 }]',
            "times: 1 is no number from 1.1 on",
        ),
        ('[kafka]\nsecurity_protocol = "SASL_SSL"', "sasl_username"),
        ('feeds = "all"', "write [[feeds]]"),
        (
            '[[feeds]]\nurl = "https://a.example/f"\n[[feeds]]\nurl = "https://a.example/f"',
            "stands there twice",
        ),
    ],
)
def test_a_mistake_says_what_could_stand_there(written: str, said: str) -> None:
    assert said in mistakes(written)


def test_what_is_no_toml_says_where() -> None:
    assert "line 1" in mistakes("[kafka\n")


def test_a_secret_from_the_environment_is_shown_by_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK", "https://hooks.slack.example/T0/B0/hush")
    settings = parse_settings('[[endpoints]]\nid = "a"\nkind = "slack"\nurl = "env:SLACK"')
    assert settings.endpoints[0].url.reveal().endswith("hush")
    assert "hush" not in str(settings)
    assert "hush" not in str(shown(settings))
    assert "env:SLACK" in str(shown(settings))


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("whsec_c2VjcmV0\n")
    written = f'[[endpoints]]\nid = "a"\nkind = "standard"\nurl = "https://a.example/"\nsecret = "file:{tmp_path}/s"'
    assert parse_settings(written).endpoints[0].secret == Secret("whsec_c2VjcmV0")


def test_a_mistaken_secret_is_not_repeated() -> None:
    told = mistakes('[[endpoints]]\nid = "a"\nkind = "slack"\nurl = "hush-hush"')
    assert "hush-hush" not in told


def test_a_state_folder_is_relative_to_its_file(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.toml"
    file.write_text('[state]\nfolder = "state"')
    assert load_settings(file).state_folder == tmp_path / "state"
    assert load_settings(file, state=Path("/elsewhere")).state_folder == Path("/elsewhere")


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="wirewatch init"):
        load_settings(tmp_path / "none.toml")


def test_the_environment_names_the_file() -> None:
    assert find_file(None, {"WIREWATCH_CONFIG": "/etc/w.toml"}) == Path("/etc/w.toml")
    assert find_file(Path("given.toml"), {"WIREWATCH_CONFIG": "/etc/w.toml"}) == Path("given.toml")
