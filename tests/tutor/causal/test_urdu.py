"""A model that is asked for Urdu over the wire: learners get Urdu that may be shown, or the author's."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from darsgah_tutor.causal.chat import Chat, Ended, Hear, Load
from darsgah_tutor.causal.remote import RemoteSpeaker
from darsgah_tutor.causal.rephrasing import CausalRephraser
from darsgah_tutor.engine import Tutor, Wish, hint
from darsgah_tutor.types import Hint, Level
from tests.tutor.acting import FARE, ActedTrials, SureModel, wrong_fare
from tests.tutor.causal.servers import served
from tests.tutor.test_engine import LAB

AUTHORED = "پہلے دو کے بعد کتنے کلومیٹر آتے ہیں؟"


class Scripted:
    """A generator behind a node's server that says what it was told to say."""

    name, device, fault = "scripted", "nowhere", ""

    def __init__(self) -> None:
        self.says: Sequence[str] = ()
        self.asked: list[Chat] = []

    def submit(self, chat: Chat, hear: Hear, *, deadline: float) -> Callable[[], None]:
        """Say it at once."""
        del deadline
        self.asked.append(chat)
        for piece in self.says:
            hear(piece)
        hear(Ended("stop", 1, len(self.says)))
        return lambda: None

    def load(self) -> Load:
        """Idle."""
        return Load(0, 0, 1, 1)

    def close(self, *, seconds: float) -> None:
        """Nothing runs."""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Scripted, RemoteSpeaker]]:
    scripted = Scripted()
    with served(scripted) as (url, _):
        speaker = RemoteSpeaker(url)
        yield scripted, speaker
        speaker.close()


def said_in_urdu(
    server: tuple[Scripted, RemoteSpeaker], says: Sequence[str], heard: list[tuple[str, str]]
) -> Hint:
    scripted, speaker = server
    scripted.says = says
    trials = ActedTrials(wrong_fare())
    tutor = Tutor(model=SureModel("distance-below-nothing"), rephraser=CausalRephraser(speaker, seconds=20))
    wish = Wish(language="ur", hear=lambda *one: heard.append(one))
    return hint(tutor, FARE, trials, trials.evidence.source, Level.QUESTION, lab=LAB, wish=wish)


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        (
            ["پہلے دو کلومیٹر ", "گن لیجیے\u06d4 آگے کتنے بچتے ہیں؟"],
            "پہلے دو کلومیٹر گن لیجیے\u06d4 آگے کتنے بچتے ہیں؟",
        ),
        (
            ["سطر 2 میں `extra` ", "دیک\u06beیے، `fare(1)` پر؟"],
            "سطر 2 میں \u2066`extra`\u2069 دیک\u06beیے، \u2066`fare(1)`\u2069 پر؟",
        ),
        (["سطر 2 میں km - 2 دیک\u06beیے؟"], "سطر 2 میں \u2066km - 2\u2069 دیک\u06beیے؟"),
        (
            ["\u202eسطر \u20672\u2069 میں \u200f`extra`\u202c کیا ہے؟"],
            "سطر 2 میں \u2066`extra`\u2069 کیا ہے؟",
        ),
    ],
)
def test_urdu_is_told_with_its_code_left_to_right(
    server: tuple[Scripted, RemoteSpeaker], says: list[str], shown: str
) -> None:
    heard: list[tuple[str, str]] = []
    hint = said_in_urdu(server, says, heard)
    assert hint.text["ur"] == shown
    assert hint.text["en"] == "How many kilometres come after the first two?"
    assert hint.reasons == ()
    assert heard[-1] == ("ur", shown)
    asked = "\n".join(message.content for message in server[0].asked[-1].messages)
    assert "in Urdu as it is spoken in Pakistan" in asked
    assert AUTHORED in asked
    assert not set("\u2066\u2067\u2068\u2069\u202a\u202b\u202d\u202e") & set(asked)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (["How many kilometres come ", "after the first two?"], "another language"),
        (["دیک\u06beیے\u06d4 ", "How many kilometres come after the first two?"], "another language"),
        (["कितने किलोमीटर आते हैं?"], "another language"),
        (["كم كيلومترا بعد أول اثنين؟"], "another language"),
        (["یوں لک\u06beیے: `extra = max(0, km - 2)`\u06d4"], "code before the example"),
        (["یوں لک\u06beیے: extra = max(0, km - 2)"], "code before the example"),
        (["\u202e`extra = max(0, km - 2)`\u202c یوں لک\u06beیے\u06d4"], "code before the example"),
        (["سطر 9 دیک\u06beیے\u06d4"], "a line that is not there"),
        (["جواب ۴۱ ہونا چاہیے\u06d4"], "a number from nowhere"),
    ],
)
def test_what_may_not_be_shown_leaves_the_authored_words(
    server: tuple[Scripted, RemoteSpeaker], says: list[str], why: str
) -> None:
    heard: list[tuple[str, str]] = []
    hint = said_in_urdu(server, says, heard)
    assert hint.text["ur"] == AUTHORED
    assert not hint.withheld
    assert why in hint.reasons[0].lower()
    assert not any("max(" in text or "kilometres" in text for _, text in heard)
