"""Who is asked: the hub's own node, another, this machine; and what a node's loss costs."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from litestar import Litestar, Response, post

from darsgah_tutor.causal.chat import Chat, Message
from darsgah_tutor.causal.decoding import ProcessorGenerator
from darsgah_tutor.causal.errors import ModelAway, ModelBusy, ModelSlow, RequestRefused
from darsgah_tutor.causal.loading import Loaded
from darsgah_tutor.causal.local import LocalSpeaker
from darsgah_tutor.causal.nodes import Node, NodeWatch
from darsgah_tutor.causal.remote import RemoteSpeaker
from darsgah_tutor.causal.resting import RestingSpeaker
from darsgah_tutor.causal.server import Serving
from tests.tutor.causal.servers import listening, process, served
from tests.tutor.causal.test_generating import CHAT, expected, soon
from tests.tutor.causal.test_rephrasing import Scripted

Watching = Callable[[Callable[[], Sequence[Node]]], NodeWatch]
LONG = Chat((Message("user", "Say it again"),), 300)
NOBODY = "http://127.0.0.1:9"
"""The port of discard, where nothing listens."""


@pytest.fixture
def network(loaded: Loaded) -> Iterator[tuple[list[Node], list[Serving]]]:
    """Nodes of the hubs ``one`` and ``two``, each a server of its own."""
    nodes: list[Node] = []
    servings: list[Serving] = []
    with ExitStack() as stack:
        for hub in ("one", "two"):
            generator = ProcessorGenerator(loaded, threads=1, may_wait=1)
            stack.callback(generator.close, seconds=5)
            url, serving = stack.enter_context(served(generator, f"token of {hub}"))
            nodes.append(Node(url, f"token of {hub}", hub, f"model of {hub}"))
            servings.append(serving)
        yield nodes, servings


@pytest.fixture
def watching() -> Iterator[Watching]:
    """Makes watches, whose connections are closed after the test."""
    with ExitStack() as stack:
        yield lambda listed: stack.enter_context(NodeWatch(listed))


def asked(watch: NodeWatch, hub: str) -> list[str]:
    """The hubs whose nodes would be asked, in order."""
    return [node.hub for node, _ in watch.in_order(hub)]


def test_a_hubs_own_node_goes_before_others(
    network: tuple[list[Node], list[Serving]], loaded: Loaded, watching: Watching
) -> None:
    watch = watching(lambda: network[0])
    for hub, other in (("one", "two"), ("two", "one")):
        assert asked(watch, hub) == [hub, other]
        speaker = watch.speaker(hub)
        assert "".join(speaker.say(CHAT, deadline=soon())) == expected(loaded)
        assert speaker.name == f"model of {hub}"
    watch.look()
    assert asked(watch, "three") in (["one", "two"], ["two", "one"])


def test_a_full_node_leaves_the_chat_to_another(
    network: tuple[list[Node], list[Serving]], loaded: Loaded, watching: Watching
) -> None:
    nodes, servings = network
    watch = watching(lambda: nodes)
    for _ in range(2):  # its place, and the one that may wait
        servings[0].generator.submit(LONG, lambda _: None, deadline=soon())
    speaker = watch.speaker("one")
    assert "".join(speaker.say(CHAT, deadline=soon())) == expected(loaded)
    assert speaker.name == "model of two"
    watch.look()
    assert asked(watch, "one")[0] == "two"


def test_a_draining_node_is_left_alone_and_found_again(
    network: tuple[list[Node], list[Serving]], watching: Watching
) -> None:
    nodes, servings = network
    watch = watching(lambda: nodes)
    servings[0].draining = True
    watch.look()
    assert asked(watch, "one") == ["two"]
    assert watch.answers() == {nodes[0]: False, nodes[1]: True}
    servings[0].draining = False
    until = time.monotonic() + 60
    while asked(watch, "one") != ["one", "two"] and time.monotonic() < until:
        watch.look()
        time.sleep(0.1)
    assert asked(watch, "one") == ["one", "two"]


def test_a_node_that_is_away_is_asked_less_and_less(
    generator: ProcessorGenerator, loaded: Loaded, watching: Watching
) -> None:
    watch = watching(lambda: [Node(NOBODY, "")])
    speaker = watch.speaker("one", otherwise=[LocalSpeaker(generator)])
    assert "".join(speaker.say(CHAT, deadline=soon())) == expected(loaded)
    assert speaker.name == "Tiny-Qwen2-Instruct"
    assert asked(watch, "one") == []
    (known,) = watch._known.values()
    pauses = []
    for _ in range(9):
        known.failed()
        pauses.append(known.away_until - time.monotonic())
    assert pauses[0] < pauses[1] < pauses[2] < pauses[3]
    assert max(pauses) <= 72


def test_a_speaker_that_failed_rests_and_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("darsgah_tutor.causal.resting.time.monotonic", lambda: clock[0])
    other = Scripted([], ModelAway("gone"))
    resting = RestingSpeaker(other)
    for seconds in (1.3, 2.5, 5.0):
        with pytest.raises(ModelAway, match="gone"):
            list(resting.say(CHAT, deadline=soon()))
        with pytest.raises(ModelAway, match="left alone"):
            list(resting.say(CHAT, deadline=soon()))
        clock[0] += seconds
    assert len(other.asked) == 3
    other.said, other.error = ["said"], None
    assert list(resting.say(CHAT, deadline=soon())) == ["said"]
    assert list(resting.say(CHAT, deadline=soon())) == ["said"]
    for error in (ModelBusy("full"), RequestRefused("long")):
        other.error = error
        with pytest.raises(type(error)):
            list(resting.say(CHAT, deadline=soon()))
    assert len(other.asked) == 7, "to be busy is no failure"


def test_a_node_that_is_listed_no_more_is_forgotten(
    network: tuple[list[Node], list[Serving]], watching: Watching
) -> None:
    listed = list(network[0])
    watch = watching(lambda: listed)
    assert len(watch.in_order("one")) == 2
    listed.pop()
    assert asked(watch, "two") == ["one"]


def test_nobody_left_is_an_error_that_says_so(watching: Watching) -> None:
    with pytest.raises(ModelAway, match="No model is connected"):
        list(watching(list).speaker("one").say(CHAT, deadline=soon()))
    with pytest.raises(ModelAway, match="Connection refused"):
        list(watching(lambda: [Node(NOBODY, "")]).speaker("one").say(CHAT, deadline=soon()))


def test_a_chat_that_no_model_takes_is_asked_once(
    network: tuple[list[Node], list[Serving]], watching: Watching
) -> None:
    watch = watching(lambda: network[0])
    with pytest.raises(RequestRefused, match="more than the 512"):
        list(watch.speaker("one").say(Chat((Message("user", "word " * 600),), 9), deadline=soon()))
    assert asked(watch, "one") == ["one", "two"]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error": {"message": "full", "type": "", "code": ""}}, 429, ModelBusy),
        ("gone", 503, ModelAway),
        ("who are you", 401, ModelAway),
        ({"error": {"message": "long", "type": "", "code": ""}}, 400, RequestRefused),
        ("data: {not json}\n\n", 200, ModelAway),
        ('data: {"choices": []}\n\n', 200, ModelAway),  # and no [DONE]
        ('data: {"error": "failed"}\n\ndata: [DONE]\n\n', 200, ModelAway),
        ("x" * 1_100_000, 200, ModelAway),
    ],
)
def test_what_a_server_answers_says_whether_another_may_do_better(
    body: object, status: int, error: type[Exception]
) -> None:
    @post("/v1/chat/completions")
    async def complete() -> Response[object]:
        return Response(body, status_code=status, media_type="text/plain" if isinstance(body, str) else None)

    with (
        listening(Litestar([complete])) as url,
        closing(RemoteSpeaker(url + "/v1/", model="x")) as speaker,
        pytest.raises(error),
    ):
        list(speaker.say(CHAT, deadline=soon()))


def test_killing_a_node_in_the_middle_costs_a_moment(
    folder: Path, tmp_path: Path, generator: ProcessorGenerator, watching: Watching
) -> None:
    with process(folder, tmp_path / "home", "--device", "cpu") as (url, started):
        watch = watching(lambda: [Node(url, "", "one", "of the node")])
        speaker = watch.speaker("one", otherwise=[LocalSpeaker(generator)])
        pieces = speaker.say(LONG, deadline=soon())
        begun = next(pieces)
        assert speaker.name == "of the node"
        started.send_signal(signal.SIGKILL)
        rest = "".join(pieces)
        assert len(rest) > len(begun)
        assert speaker.name == "Tiny-Qwen2-Instruct"
        assert asked(watch, "one") == []


def test_a_node_that_hangs_is_left_for_the_next(
    folder: Path, tmp_path: Path, generator: ProcessorGenerator, loaded: Loaded, watching: Watching
) -> None:
    with process(folder, tmp_path / "home", "--device", "cpu") as (url, started):
        os.kill(started.pid, signal.SIGSTOP)
        watch = watching(lambda: [Node(url, "", "one", "of the node")])
        speaker = watch.speaker("one", otherwise=[LocalSpeaker(generator)])
        assert "".join(speaker.say(CHAT, deadline=soon(5))) == expected(loaded)
        with closing(RemoteSpeaker(url, model="x")) as alone, pytest.raises((ModelSlow, ModelAway)):
            list(alone.say(CHAT, deadline=soon(0.3)))
        os.kill(started.pid, signal.SIGCONT)


def test_the_watch_looks_by_itself_until_it_ends(network: tuple[list[Node], list[Serving]]) -> None:
    before = threading.active_count()
    with NodeWatch(lambda: network[0]) as watch:
        watch.start()
        network[1][0].draining = True
        until = time.monotonic() + 20
        while asked(watch, "one") != ["two"] and time.monotonic() < until:
            time.sleep(0.02)
        assert asked(watch, "one") == ["two"]
    assert threading.active_count() <= before
