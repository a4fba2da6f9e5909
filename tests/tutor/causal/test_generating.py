"""Models that answer: on the processor one after the other, in a batch many at once."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from darsgah_tutor.causal.batching import BatchGenerator
from darsgah_tutor.causal.chat import Chat, Ended, Generator, Message
from darsgah_tutor.causal.decoding import ProcessorGenerator
from darsgah_tutor.causal.errors import CausalError, ModelAway, ModelBusy, ModelSlow, RequestRefused
from darsgah_tutor.causal.int8 import Int8Linear
from darsgah_tutor.causal.loading import Loaded, load
from darsgah_tutor.causal.local import LocalSpeaker
from darsgah_tutor.causal.spelling import Spelling
from tests.tutor.causal.tiny import qwen2

SYSTEM, USER = Message("system", "You help."), Message("user", "Say it again: لائن")
CHAT = Chat((SYSTEM, USER), 24)


def soon(seconds: float = 60) -> float:
    """A deadline."""
    return time.monotonic() + seconds


def said(generator: Generator, chat: Chat = CHAT) -> str:
    """The whole answer."""
    return "".join(LocalSpeaker(generator).say(chat, deadline=soon()))


def expected(loaded: Loaded, chat: Chat = CHAT) -> str:
    """The same answer by plain computing, one token after the other, without anything kept."""
    tokens = loaded.prompt(chat)
    start = len(tokens)
    while len(tokens) - start < chat.max_tokens and not (len(tokens) > start and tokens[-1] in loaded.ends):
        logits = loaded.model(torch.tensor([tokens])).logits[0, -1]
        tokens.append(int(logits.argmax()))
    text: str = loaded.tokenizer.decode(tokens[start:], skip_special_tokens=True)
    return text


def slowed(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Makes every step of the model take 20 ms, and gives the list to which each adds its time."""
    steps: list[float] = []
    forward = loaded.model.forward

    def slow(*given: object, **named: object) -> object:
        steps.append(time.monotonic())
        time.sleep(0.02)
        return forward(*given, **named)

    monkeypatch.setattr(loaded.model, "forward", slow)
    return steps


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BatchGenerator]:
    """A batch of four places, with a model of its own: it changes how the model attends."""
    own = qwen2(tmp_path_factory.mktemp("batch") / "tiny")
    generator = BatchGenerator(load(own, torch.device("cpu"), small=False), places=4, may_wait=4)
    yield generator
    generator.close(seconds=5)


def test_the_processor_says_what_the_model_computes(generator: ProcessorGenerator, loaded: Loaded) -> None:
    pieces = list(LocalSpeaker(generator).say(CHAT, deadline=soon()))
    assert len(pieces) > 3
    assert "".join(pieces) == expected(loaded)


def test_an_answer_that_has_begun_goes_on_where_it_was(generator: ProcessorGenerator, loaded: Loaded) -> None:
    begun = CHAT.after("Look at").after(" the line")
    assert loaded.prompt(begun) == loaded.prompt(CHAT) + loaded.tokenizer.encode("Look at the line")
    assert said(generator, begun) == expected(loaded, begun)


@pytest.mark.parametrize("text", ["Look at an unseen line", "شکریہ، اب ٹھیک ہے", "é😀 a"])
def test_pieces_add_up_and_no_letter_comes_in_halves(text: str, loaded: Loaded) -> None:
    tokens = loaded.tokenizer.encode(text)
    spelling = Spelling(loaded.tokenizer, loaded.tokenizer.encode("value"))
    pieces = [spelling.add([token]) for token in tokens]
    assert len(tokens) > len(text.split())
    assert "\ufffd" not in "".join(pieces)
    assert "".join(pieces) + spelling.add([], last=True) == text


def test_a_batch_says_the_same_to_each_as_to_one_alone(batch: BatchGenerator, loaded: Loaded) -> None:
    chats = [Chat((SYSTEM, Message("user", f"Say {number} again")), 8 + 4 * number) for number in range(6)]
    heard: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda number=number, chat=chat: heard.update({number: said(batch, chat)}))
        for number, chat in enumerate(chats)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {number: expected(loaded, chat) for number, chat in enumerate(chats)}


def test_two_hundred_at_once_are_answered_or_told_that_it_is_busy(batch: BatchGenerator) -> None:
    _crowd(batch, places=8)


def test_two_hundred_at_once_on_the_processor(generator: ProcessorGenerator) -> None:
    _crowd(generator, places=3)


def _crowd(generator: Generator, *, places: int) -> None:
    ends: list[Ended | CausalError] = []
    all_told = threading.Semaphore(0)

    def hear(told: str | Ended | CausalError) -> None:
        if not isinstance(told, str):
            ends.append(told)
            all_told.release()

    taken = 0
    busy = 0
    for _ in range(200):
        try:
            generator.submit(CHAT, hear, deadline=soon())
            taken += 1
        except ModelBusy:
            busy += 1
        assert generator.load().waiting <= places
    assert taken >= places
    assert busy > 0
    for _ in range(taken):
        assert all_told.acquire(timeout=60)
    assert all(isinstance(end, Ended) for end in ends)
    load = generator.load()
    assert (load.running, load.waiting) == (0, 0)
    assert said(generator)


@pytest.mark.parametrize("kind", ["generator", "batch"])
def test_time_that_is_over_ends_an_answer(kind: str, request: pytest.FixtureRequest) -> None:
    generator: Generator = request.getfixturevalue(kind)
    with pytest.raises(ModelSlow):
        list(LocalSpeaker(generator).say(CHAT, deadline=soon(0.0)))
    assert said(generator)


@pytest.mark.parametrize("kind", ["generator", "batch"])
def test_a_question_that_is_taken_back_costs_no_more_steps(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator: Generator = request.getfixturevalue(kind)
    steps = slowed(generator._loaded, monkeypatch)  # type: ignore[attr-defined] # both have one
    pieces = LocalSpeaker(generator).say(Chat((USER,), 400), deadline=soon())
    next(pieces)
    pieces.close()
    until = time.monotonic() + 30
    while generator.load().running and time.monotonic() < until:
        time.sleep(0.01)
    assert generator.load().running == 0
    assert len(said(generator, Chat((USER,), 2))) > 0
    made = len(steps)
    time.sleep(0.4)
    assert len(steps) < made + 10


@pytest.mark.parametrize("kind", ["generator", "batch"])
def test_a_chat_longer_than_the_model_reads_is_refused(kind: str, request: pytest.FixtureRequest) -> None:
    generator: Generator = request.getfixturevalue(kind)
    with pytest.raises(RequestRefused, match="more than the 512"):
        said(generator, Chat((Message("user", "word " * 600),), 10))


def test_a_lost_gpu_fails_what_runs_and_everything_after_it(tmp_path: Path) -> None:
    generator = BatchGenerator(
        load(qwen2(tmp_path / "tiny"), torch.device("cpu"), small=False),
        places=2,
        may_wait=2,
    )

    def lost(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    speaker = LocalSpeaker(generator)
    pieces = speaker.say(Chat((USER,), 400), deadline=soon())
    next(pieces)
    generator._loaded.model.forward = lost  # the way a GPU's loss shows: the next step raises
    with pytest.raises(ModelAway, match="illegal memory access"):
        list(pieces)
    assert "illegal memory access" in generator.fault
    with pytest.raises(ModelAway, match="illegal memory access"):
        said(generator)
    generator.close(seconds=1)


def test_a_gpu_that_hangs_is_a_lost_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = BatchGenerator(load(qwen2(tmp_path / "tiny"), torch.device("cpu"), small=False), places=2)
    monkeypatch.setattr("darsgah_tutor.causal.batching.STALL_SECONDS", 0.5)
    hanging = threading.Event()
    forward = generator._loaded.model.forward

    def hang(*given: object, **named: object) -> object:
        hanging.wait(60)
        return forward(*given, **named)

    generator._loaded.model.forward = hang
    with pytest.raises(ModelAway, match="hangs"):
        said(generator)
    assert "hangs" in generator.fault
    hanging.set()
    generator.close(seconds=1)


def test_closing_lets_what_runs_end(loaded: Loaded) -> None:
    generator = ProcessorGenerator(loaded, threads=1)
    pieces = LocalSpeaker(generator).say(CHAT, deadline=soon())
    first = next(pieces)
    closing = threading.Thread(target=generator.close, kwargs={"seconds": 30})
    closing.start()
    assert first + "".join(pieces) == expected(loaded)
    closing.join()
    with pytest.raises(ModelAway):
        said(generator)


def test_int8_computes_nearly_the_same_and_one_large_token_spoils_no_other() -> None:
    torch.manual_seed(1)
    linear = nn.Linear(256, 64)
    given = torch.randn(3, 5, 256)
    given[0, 0] *= 1000
    small = Int8Linear(linear.weight, linear.bias)
    for token in (given[0, 1], given[2, 4], given[0, 0]):
        exact = linear(token)
        found = small(given)[(given == token).all(-1)][0]
        assert torch.nn.functional.cosine_similarity(found, exact, dim=0) > 0.999


def test_a_template_that_knows_no_system_gets_it_from_the_user(tmp_path: Path) -> None:
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{% for message in messages %}{{ message.content }}|{% endfor %}"
    )
    model = load(qwen2(tmp_path / "tiny", template=template), torch.device("cpu"))
    assert model.tokenizer.decode(model.prompt(CHAT)) == "You help.\n\nSay it again: لائن|"
