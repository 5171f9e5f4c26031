import asyncio
from pathlib import Path
from typing import Any

import pytest

from streams.app import build_app
from wirewatch.kafka import KafkaConnection


@pytest.fixture
async def consumer(tmp_path: Path) -> Any:
    app = build_app("analyse", KafkaConnection("127.0.0.1:9"), tmp_path)
    app.loop = asyncio.get_running_loop()
    return app.consumer


async def others_had_their_turn() -> None:
    for _ in range(5):
        await asyncio.tasks.sleep(0)


async def test_a_message_that_nothing_holds_up_is_handed_on_without_waiting(consumer: Any) -> None:
    handed: list[str] = []

    async def hand_on() -> None:
        handed.append("message")

    waiting = consumer.wait_first(hand_on(), asyncio.Event().wait())
    with pytest.raises(StopIteration):
        waiting.send(None)
    assert handed == ["message"]


async def test_a_message_that_finds_no_room_is_handed_on_when_there_is(consumer: Any) -> None:
    room = asyncio.Event()
    handed: list[str] = []

    async def hand_on() -> None:
        await room.wait()
        handed.append("message")

    waiting = asyncio.create_task(consumer.wait_first(hand_on(), asyncio.Event().wait()))
    await others_had_their_turn()
    assert handed == []
    room.set()
    await waiting
    assert handed == ["message"]


async def test_a_message_that_finds_no_room_is_let_go_when_the_flow_stops(consumer: Any) -> None:
    stopped = asyncio.Event()
    told: list[str] = []

    async def hand_on() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.append("let go")
            raise

    waiting = asyncio.create_task(consumer.wait_first(hand_on(), stopped.wait()))
    await others_had_their_turn()
    stopped.set()
    await waiting
    await others_had_their_turn()
    assert told == ["let go"]


async def test_a_message_that_cannot_be_handed_on_says_so(consumer: Any) -> None:
    async def hand_on() -> None:
        raise ValueError

    never = asyncio.Event()
    with pytest.raises(ValueError):  # noqa: PT011 - it is the very one
        await consumer.wait_first(hand_on(), never.wait())
