"""Acknowledging by a link: to look at the page changes nothing, the button does."""

from pathlib import Path

import pytest

from alerts.notices import notice
from alerts.schedule import Answer
from tests.console.app import Scene
from tests.console.test_app import WITH_USERS
from tests.console.wires import AT, incoming, record_story
from wirewatch.topics import ALERTS

PAGE = "/story/c-record/acknowledge"


async def test_the_page_asks_and_changes_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    await scene.named("Ada")
    for ask in (scene.client.get, scene.client.head):
        assert (await ask(PAGE)).status_code == 200
    page = await scene.client.get(PAGE)
    assert '<button type="submit" class="main">Acknowledge</button>' in page.text
    assert scene.commands == []


async def test_its_button_acknowledges(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    csrf = await scene.named("Ada")
    await scene.client.post("/story/c-record/act", data={"act": "acknowledge", "csrf": csrf})
    assert [(act.act, act.by) for act in scene.commands] == [("acknowledge", "Ada")]


async def test_who_has_no_session_is_asked_who_it_is_and_comes_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    asked = await scene.client.get(PAGE)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/login?back={PAGE}")


async def test_a_story_that_nobody_knows_has_no_button(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story())
    await scene.named("Ada")
    assert (await scene.client.get("/story/nobody/acknowledge")).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_page_itself_takes_nothing(tmp_path: Path, method: str) -> None:
    scene = Scene(tmp_path, record_story())
    await scene.named("Ada")
    answer = await scene.client.request(method, PAGE, data={"act": "acknowledge"})
    assert answer.status_code in (404, 405)
    assert scene.commands == []


async def test_a_link_from_a_chat_is_asked_for_again_so_that_the_session_comes_along(tmp_path: Path) -> None:
    scene = Scene(tmp_path, record_story(), WITH_USERS)
    first = await scene.client.get(PAGE, headers={"Sec-Fetch-Site": "cross-site"})
    assert (first.status_code, 'http-equiv="refresh"' in first.text) == (200, True)
    assert "472" not in first.text
    again = await scene.client.get(PAGE, headers={"Sec-Fetch-Site": "same-origin"})
    assert again.headers["location"] == f"/login?back={PAGE}"


async def test_what_those_who_run_it_are_told_is_no_story(tmp_path: Path) -> None:
    told = notice("desk-world", "failing", Answer("server_error", ""), since=AT, now=AT, to="ops")
    scene = Scene(tmp_path, [incoming(ALERTS, told, "ops")])
    assert (await scene.client.get(f"/story/{told.body.cluster}")).status_code == 404
