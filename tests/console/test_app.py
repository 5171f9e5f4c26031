"""The application: pages, JSON, acts; and who may not."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from connectors.entries import entry_of
from console.access import (
    Sessions,
    check_exposure,
    hash_password,
    hash_token,
    is_loopback,
    is_password,
    session_key,
)
from console.api import ANSWERS, openapi
from console.incoming import Incoming
from console.live import event_of
from console.wire import Wanted
from tests.clock import ManualClock
from tests.console.app import ADDRESS, FEED, Scene
from tests.console.wires import AT, HOSTILE_URLS, alert, cluster, hostile_stories, incoming, record_story
from wirewatch.config_file import parse_settings
from wirewatch.console_settings import ConsoleSettings, ConsoleUser
from wirewatch.errors import SettingsError
from wirewatch.settings import FeedSettings
from wirewatch.topics import COMMANDS, FEEDS

PASSWORD = hash_password("correct horse", b"salt" * 4)
WITH_USERS = ConsoleSettings(
    listen="0.0.0.0:8470",
    public_url="https://wire.example.org",
    users=(ConsoleUser("Ada", PASSWORD), ConsoleUser("bot", token=hash_token("t0ken"))),
)
PAGES = (
    "/",
    "/story/c-record",
    "/records",
    "/records/of/drones-ukraine",
    "/records/pairs/russia/ukraine",
    "/deadlines",
    "/ours",
    "/feeds",
    "/delivery",
    "/system",
    "/login",
)
JSON = ("/api/wire", "/api/stories/c-record", "/api/records", "/api/records/drones-ukraine",
    "/api/pairs", "/api/pairs/russia/ukraine", "/api/ours", "/api/deadlines", "/api/feeds", "/api/delivery",
         "/api/dead", "/api/system", "/api/openapi.json")  # fmt: skip


@pytest.mark.parametrize("path", [*PAGES, "/records/chart/drones-ukraine", *JSON])
async def test_every_page_answers_with_its_headers(tmp_path: Path, path: str) -> None:
    scene = Scene(tmp_path, record_story())
    answer = await scene.client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


async def test_the_story_shows_both_figures_and_the_marked_words(tmp_path: Path) -> None:
    page = (await Scene(tmp_path, record_story()).client.get("/story/c-record")).text
    assert "472 drones" in page
    assert "355" in page
    assert "<mark>the biggest number</mark>" in page


@pytest.mark.parametrize("path", ["/story/unknown", "/records/of/unknown", "/records/pairs/a/b", "/api/pairs/a/b", "/records/chart/x", "/nothing", "/api/stories/x",
                                  "/static/../app.py", "/static/%2e%2e/app.py"])  # fmt: skip
async def test_what_is_not_there_is_a_404(tmp_path: Path, path: str) -> None:
    assert (await Scene(tmp_path).client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["before=x-y", "before=9999999999999999999-x", "kind='", "q=%00", "q=%22%22", "limit=-1", "limit=9e9"],
)
async def test_a_query_that_makes_no_sense_is_no_fault(tmp_path: Path, query: str) -> None:
    scene = Scene(tmp_path, record_story())
    assert (await scene.client.get(f"/?{query}")).status_code == 200
    assert (await scene.client.get(f"/api/wire?{query}")).status_code == 200


async def test_no_markup_of_a_feed_is_rendered_and_links_are_of_the_web_alone(tmp_path: Path) -> None:
    scene = Scene(tmp_path, hostile_stories())
    names = [
        line["id"] for line in msgspec.json.decode((await scene.client.get("/api/wire")).content)["clusters"]
    ]
    pages = [
        "".join(
            [(await scene.client.get(path)).text for path in ("/", *(f"/story/{name}" for name in names))]
        )
    ]
    page = "".join(pages)
    assert len(names) > 5
    for markup in (
        "<img",
        "<script>",
        "<svg onload",
        "<b>",
        "javascript:",
        "data:text",
        "vbscript:",
        "//evil",
        "\u202e",
        "\x1b",
    ):
        assert markup not in page, markup
    assert "A" * 300 not in page
    assert HOSTILE_URLS[4] not in page


async def test_an_end_that_somebody_set_is_to_come_and_then_has_passed(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    (coming,) = (await scene.client.get("/api/deadlines")).json()["coming"]
    assert (coming["phrase"], coming["set_by"]) == ("for two days", "Kyiv")
    scene.clock.advance(3 * 86_400)
    told = (await scene.client.get("/api/deadlines")).json()
    assert (told["coming"], len(told["passed"])) == ([], 1)


async def test_an_act_is_a_message_under_the_name_of_who_does_it(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    csrf = await scene.named("Ada")
    done = await scene.client.post("/story/c-record/act", data={"act": "acknowledge", "csrf": csrf})
    assert done.status_code == 303
    (sent,) = scene.commands
    assert (sent.act, sent.cluster, sent.by) == ("acknowledge", "c-record", "Ada")


async def test_a_story_is_handed_over_to_a_name(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    csrf = await scene.named("Ada")
    asked = await scene.client.post("/story/c-record/act", data={"act": "hand_over", "csrf": csrf})
    assert "To whom" in (await scene.client.get(asked.headers["location"])).text
    await scene.client.post("/story/c-record/act", data={"act": "hand_over", "to": "Ben", "csrf": csrf})
    (sent,) = scene.commands
    assert (sent.act, sent.by, sent.to) == ("hand_over", "Ada", "Ben")
    scene.fill([incoming(COMMANDS, sent, "c-record")])
    assert "to Ben" in (await scene.client.get("/story/c-record")).text


async def test_a_snooze_and_a_mute_say_until_when(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    csrf = await scene.named()
    await scene.client.post("/story/c-record/act", data={"act": "snooze", "minutes": "60", "csrf": csrf})
    await scene.client.post("/story/c-record/act", data={"act": "mute", "minutes": "1440", "csrf": csrf})
    assert scene.commands[0].until is not None
    assert (scene.commands[0].until - scene.clock.now()).total_seconds() == 3600
    assert scene.settings[0].key == "mute/cluster/c-record"
    assert scene.settings[0].value.startswith("2025-06-02")


async def test_poll_now_is_a_message_and_the_page_says_that_it_was_sent(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    csrf = await scene.named("Ada")
    done = await scene.client.post(f"/feeds/{FEED.id}/poll", data={"csrf": csrf})
    assert [(one.feed, one.by) for one in scene.asked] == [(FEED.id, "Ada")]
    assert "Outlet is asked for" in (await scene.client.get(done.headers["location"])).text


async def test_a_feed_that_was_added_by_command_stands_with_the_others_until_it_is_removed(
    tmp_path: Path,
) -> None:
    added = FeedSettings("https://added.example/feed", "Added")
    scene = Scene(tmp_path, [incoming(FEEDS, entry_of(added, AT), f"added/{added.id}")])
    names = [feed["name"] for feed in (await scene.client.get("/api/feeds")).json()["feeds"]]
    assert names == ["Added", "Outlet"]
    scene.fill([Incoming(FEEDS, 0, 9, 0, f"added/{added.id}".encode(), None)])
    assert len((await scene.client.get("/api/feeds")).json()["feeds"]) == 1


async def test_a_dead_letter_is_sent_again_and_what_stands_in_the_way_is_said(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    csrf = await scene.named()
    await scene.client.post("/delivery/dead/0-7/replay", data={"csrf": csrf})
    assert scene.replayed == ["0/7"]
    refused = await scene.client.post("/delivery/dead/0-404/replay", data={"csrf": csrf})
    assert "Not done: No dead letter stands" in (await scene.client.get(refused.headers["location"])).text


@pytest.mark.parametrize("path", [f"/feeds/{FEED.id}/poll", "/delivery/dead/0-7/replay"])
async def test_an_operator_s_button_wants_a_name_and_this_session_s_page(tmp_path: Path, path: str) -> None:
    scene = Scene(tmp_path)
    assert (await scene.client.post(path, data={})).headers["location"].startswith("/login?back=/")
    csrf = await scene.named()
    assert (await scene.client.post(path, data={"csrf": "made up"})).status_code == 403
    other = await scene.client.post(path, data={"csrf": csrf}, headers={"Origin": "https://evil.example"})
    assert other.status_code == 403
    assert not scene.asked
    assert not scene.replayed


@pytest.mark.parametrize(
    "path", ["/feeds/unknown/poll", "/delivery/dead/0/replay", "/delivery/dead/x-y/replay"]
)
async def test_a_button_for_what_is_not_there_is_a_404(tmp_path: Path, path: str) -> None:
    scene = Scene(tmp_path)
    csrf = await scene.named()
    assert (await scene.client.post(path, data={"csrf": csrf})).status_code == 404


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"act": "acknowledge"}, {}, 403),
        ({"act": "acknowledge", "csrf": "made up"}, {}, 403),
        ({"act": "acknowledge", "csrf": "right"}, {"Origin": "https://evil.example"}, 403),
        ({"act": "acknowledge", "csrf": "right"}, {"Origin": "null"}, 403),
        ({"act": "acknowledge", "csrf": "right"}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"act": "delete", "csrf": "right"}, {}, 404),
        ({"act": "acknowledge", "csrf": "right", "note": "x" * 70_000}, {}, 413),
    ],
)
async def test_what_another_page_sends_has_no_effect(
    tmp_path: Path, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    scene = Scene(tmp_path, record_story())
    csrf = await scene.named()
    form = {name: csrf if value == "right" else value for name, value in form.items()}
    assert (await scene.client.post("/story/c-record/act", data=form, headers=headers)).status_code == status
    assert scene.commands == []


async def test_who_has_no_name_is_asked_for_one(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    asked = await scene.client.post("/story/c-record/act", data={"act": "acknowledge"})
    assert asked.headers["location"] == "/login?back=/story/c-record"
    assert scene.commands == []


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "javascript:1", "/a\nb"]
)
async def test_after_a_login_one_stays_here(tmp_path: Path, back: str) -> None:
    answer = await Scene(tmp_path).client.post("/login", data={"name": "Ada", "back": back})
    assert answer.headers["location"] == "/"


async def test_the_session_cookie_is_for_this_site_and_no_script(tmp_path: Path) -> None:
    answer = await Scene(tmp_path).client.post("/login", data={"name": "Ada"})
    cookie = answer.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8470", "127.0.0.1.evil.example", ""])
async def test_another_sites_name_leads_nowhere(tmp_path: Path, host: str) -> None:
    answer = await Scene(tmp_path, record_story()).client.get("/", headers={"Host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize("path", [*PAGES[:-1], *JSON, "/api/stream", "/records/chart/drones-ukraine"])
async def test_with_users_nothing_is_shown_to_a_stranger(tmp_path: Path, path: str) -> None:
    answer = await Scene(tmp_path, record_story(), WITH_USERS).client.get(path)
    assert answer.status_code == (401 if path.startswith("/api") else 303)
    assert "472" not in answer.text


async def test_a_password_opens_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story(), WITH_USERS)
    assert (await scene.client.post("/login", data={"name": "Ada", "password": "wrong"})).status_code == 403
    right = await scene.client.post("/login", data={"name": "Ada", "password": "correct horse"})
    assert right.status_code == 303
    assert "Secure" in right.headers["set-cookie"]
    cookie = right.headers["set-cookie"].split(";")[0]
    assert (await scene.client.get("/", headers={"Cookie": cookie})).status_code == 200


async def test_who_tries_too_often_waits(tmp_path: Path) -> None:
    scene = Scene(tmp_path, (), WITH_USERS)
    for _ in range(5):
        await scene.client.post("/login", data={"name": "Ada", "password": "wrong"})
    right = {"name": "Ada", "password": "correct horse"}
    assert (await scene.client.post("/login", data=right)).status_code == 429
    scene.clock.advance(301)
    assert (await scene.client.post("/login", data=right)).status_code == 303


async def test_a_token_opens_the_api_for_a_program(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story(), WITH_USERS)
    for token, status in (("t0ken", 200), ("other", 401), ("", 401)):
        answer = await scene.client.get("/api/wire", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_a_session_ends_and_cannot_be_made_up() -> None:
    clock = ManualClock()
    sessions = Sessions(b"k" * 32, clock)
    cookie = sessions.begin("Ada")
    assert sessions.of(cookie) is not None
    assert Sessions(b"x" * 32, clock).of(cookie) is None
    for made in (None, "", "a.b.c.d", cookie + "x", "é.1.2.3", cookie.replace(".", "", 1)):
        assert sessions.of(made) is None
    clock.advance(13 * 3600)
    assert sessions.of(cookie) is None


def test_the_key_of_sessions_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    key = session_key(tmp_path)
    assert session_key(tmp_path) == key
    assert (tmp_path / "session.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("listen", "own"),
    [("127.0.0.1:1", True), ("localhost:1", True), ("[::1]:1", True), ("127.8.8.8:1", True), ("0.0.0.0:1", False),
     ("[::]:1", False), ("192.168.1.2:1", False), ("example.org:1", False)],
)  # fmt: skip
def test_an_address_that_others_reach_needs_users(listen: str, own: bool) -> None:
    assert is_loopback(listen) is own
    check_exposure(ConsoleSettings(listen=listen, users=WITH_USERS.users))
    if not own:
        with pytest.raises(SettingsError, match="wirewatch console --hash"):
            check_exposure(ConsoleSettings(listen=listen))


@pytest.mark.parametrize("hashed", ["", "scrypt", "scrypt$$", "scrypt$a$b", "plain", "scrypt$é$x"])
def test_a_hash_that_is_none_opens_to_nobody(hashed: str) -> None:
    assert not is_password(hashed, "")
    assert not is_password(hashed, "plain")


@pytest.mark.parametrize(
    "users",
    ['[{ name = "Ada" }]', '[{ name = "Ada", password = "hunter2" }]', '[{ password = "x" }]', '"Ada"',
     '[{ name = "Ada", token = "sha256$00" }]', '[{ name = "Ada", pasword = "x" }]'],
)  # fmt: skip
def test_a_user_without_a_hash_is_a_mistake_that_repeats_no_password(users: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_settings(f"[console]\nusers = {users}\n")
    assert "hunter2" not in str(raised.value)


def test_the_api_is_described_whole() -> None:
    described = openapi()["paths"]
    assert set(described) == {path.replace(":path", "") for path in ANSWERS}


async def test_a_page_that_was_away_hears_what_it_missed_and_then_what_comes(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    stop = asyncio.Event()
    telling = asyncio.create_task(scene.console.hub.run(scene.clock, stop))
    last = scene.store.execute("SELECT max(seq) FROM changes").fetchone()[0]
    following = scene.console.hub.follow(last - 1)
    missed = await anext(following)
    assert missed is not None
    assert missed.seq == last
    scene.fill([cluster("c-2", "Another"), alert("c-2")])
    scene.console.hub.changed()
    told = [await anext(following), await anext(following)]
    assert [change.kind for change in told if change] == ["cluster", "alert"]
    event = event_of(told[1], Wanted(kind="alerts"), "", html=True) or b""
    assert b"event: alert\n" in event
    assert b'"wanted":true' in event
    stop.set()
    await telling
    await following.aclose()


@pytest.mark.parametrize("since", [10**9, 0])
async def test_a_page_that_knows_another_read_model_loads_anew(tmp_path: Path, since: int) -> None:
    scene = Scene(tmp_path, record_story())
    scene.store.execute("DELETE FROM changes WHERE seq < 3")
    following = scene.console.hub.follow(since)
    change = await anext(following)
    assert change is not None
    assert change.kind == "reset"
    await following.aclose()


async def test_a_link_in_the_chart_holds_no_markup_of_a_feed(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    scene.store.execute(
        "UPDATE records SET metric = ?, body = replace(body, 'Meridian Wire', '<b>\u202e')", ("m",)
    )
    page = (await scene.client.get(f"{ADDRESS}/records/of/m")).text
    assert "<b>" not in page
    assert "\u202e" not in page
