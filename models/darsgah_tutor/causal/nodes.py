"""Who answers a chat: the hub's own node, then any other node with room, then the model on this machine.

``NodeWatch`` knows how every node is, one for a process; ``speaker`` gives what answers one hub's chats. A
node that fails is left alone for a while that doubles each time, and the same chat goes on at the next one at
once: what the first had said is kept, and the next one says the rest. Where nobody is left, an error says
so, and whoever asked has the authored text.
"""

import random
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Self

from darsgah_tutor.causal.chat import Chat, Speaker
from darsgah_tutor.causal.errors import CausalError, ModelAway, ModelBusy, ModelSlow, RequestRefused
from darsgah_tutor.causal.remote import RemoteSpeaker
from darsgah_tutor.causal.wire import Health

LOOK_SECONDS = 5.0
LONGEST_PAUSE = 60.0
_HEALTH_SECONDS = 3.0
"""More than a hint may wait: a node that is busy computing answers late and is not away."""
_SHARE = 0.6
"""Of the time that is left, for one that is not the last: who is silent so long is left for the next."""


@dataclass(frozen=True, slots=True)
class Node:
    """A server of a model, as it registered with the platform.

    Attributes:
        hub: the hub it belongs to, as whoever lists it names hubs; empty for the network's.
        token: what it wants as a bearer token.
    """

    url: str
    token: str
    hub: str = ""
    model: str = ""


@dataclass(slots=True)
class _Known:
    """What is known of a node. ``asked`` counts the chats of this process that it is answering."""

    speaker: RemoteSpeaker
    health: Health | None = None
    asked: int = 0
    failures: int = 0
    away_until: float = 0.0
    look_at: float = 0.0
    forgotten: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def room(self) -> int:
        """Chats that it would take, as far as is known; one where nothing is."""
        if time.monotonic() < self.away_until:
            return 0
        return 1 if self.health is None else max(0, self.health.room - self.asked)

    def failed(self) -> None:
        """Leave it alone for a while; the while differs a little, so that not all come back at once."""
        with self.lock:
            self.failures += 1
            pause = min(LONGEST_PAUSE, 2.0 ** (self.failures - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
            self.health = None
            self.away_until = self.look_at = time.monotonic() + pause

    def full(self) -> None:
        """It has no room until it is looked at again."""
        with self.lock:
            self.away_until = self.look_at = time.monotonic() + 1.0

    def look(self) -> None:
        """Ask how it is."""
        try:
            health = self.speaker.health(seconds=_HEALTH_SECONDS)
        except ModelAway:
            self.failed()
            return
        if health.status != "ok":
            self.failed()
            return
        with self.lock:
            self.health, self.failures, self.away_until = health, 0, 0.0
            self.look_at = time.monotonic() + LOOK_SECONDS

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Count a chat while it lasts."""
        with self.lock:
            self.asked += 1
        try:
            yield
        finally:
            with self.lock:
                self.asked -= 1
            if self.forgotten:
                self.forget()

    def forget(self) -> None:
        """Close its connections, when the last chat that uses them has ended."""
        with self.lock:
            self.forgotten = True
            unused = self.asked == 0
        if unused:
            self.speaker.close()


class NodeWatch:
    """The nodes of the network as this process sees them."""

    def __init__(self, listed: Callable[[], Sequence[Node]]) -> None:
        """Nothing is asked yet.

        Args:
            listed: the registered nodes now; called often and from several threads, so it must answer from
                memory.
        """
        self._listed = listed
        self._known: dict[Node, _Known] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        for known in self._known.values():
            known.forget()

    def start(self) -> None:
        """Look at every node in regular intervals from now on. Without it, a node is known by trying it."""
        self._thread = threading.Thread(target=self._watch, name="tutor nodes", daemon=True)
        self._thread.start()

    def speaker(self, hub: str, *, otherwise: Sequence[Speaker] = ()) -> "HubSpeaker":
        """What answers the chats of a hub.

        Args:
            hub: its name in ``Node.hub``; its own nodes come first.
            otherwise: who is asked after all nodes: the model on this machine, or an operator's URL.
        """
        return HubSpeaker(self, hub, otherwise)

    def in_order(self, hub: str) -> list[tuple[Node, _Known]]:
        """The nodes with room, the hub's own first, then those with most room."""
        found = [(node, known, known.room()) for node, known in self._current().items()]
        found.sort(key=lambda one: (one[0].hub != hub, -one[2]))
        return [(node, known) for node, known, room in found if room]

    def answers(self) -> dict[Node, bool]:
        """Whether each node that was asked, for a chat or for how it is, answered when it was asked last."""
        known = self._current().items()
        return {node: one.failures == 0 for node, one in known if one.failures or one.health is not None}

    def look(self) -> None:
        """Ask those nodes how they are whose time has come, several at once."""
        due = [known for known in self._current().values() if known.look_at <= time.monotonic()]
        if due:
            with ThreadPoolExecutor(min(16, len(due)), thread_name_prefix="tutor node") as threads:
                list(threads.map(_Known.look, due))

    def _watch(self) -> None:
        while not self._stopped.is_set():
            self.look()
            self._stopped.wait(1.0)

    def _current(self) -> dict[Node, _Known]:
        """What is known of the listed nodes. Those that are listed no more are forgotten."""
        listed = self._listed()
        with self._lock:
            for node in listed:
                if node not in self._known:
                    speaker = RemoteSpeaker(node.url, token=node.token, model=node.model)
                    self._known[node] = _Known(speaker)
            for gone in self._known.keys() - set(listed):
                self._known.pop(gone).forget()
            return dict(self._known)


class HubSpeaker:
    """Fulfils ``Speaker`` with whoever is nearest and has room."""

    def __init__(self, watch: NodeWatch, hub: str, otherwise: Sequence[Speaker]) -> None:
        self._watch, self._hub, self._otherwise = watch, hub, tuple(otherwise)
        self._last = ""

    @property
    def name(self) -> str:
        """The model that answered last; before that, nobody's name is known."""
        return self._last

    def say(self, chat: Chat, *, deadline: float) -> Iterator[str]:
        """The answer piece by piece, from one speaker or, where one is lost, from several.

        Raises:
            CausalError: the last one's, or ``ModelAway`` where there is none.
        """
        nodes = self._watch.in_order(self._hub)
        error: CausalError = ModelAway("No model is connected.")
        said = ""
        asked: list[tuple[Speaker, _Known | None]] = [(known.speaker, known) for _, known in nodes]
        asked += [(speaker, None) for speaker in self._otherwise]
        for speaker, known in asked:
            now = time.monotonic()
            until = deadline if speaker is asked[-1][0] else now + _SHARE * (deadline - now)
            pieces = _asked(speaker, known, chat.after(said), until)
            with closing(pieces):
                try:
                    for piece in pieces:
                        self._last = speaker.name
                        said += piece
                        yield piece
                except RequestRefused:
                    raise
                except CausalError as failed:
                    error = failed
                else:
                    return
            if time.monotonic() >= deadline:
                break
        raise error


def _asked(speaker: Speaker, known: _Known | None, chat: Chat, deadline: float) -> Generator[str, None, None]:
    """One speaker's pieces; a node's failure is remembered."""
    if known is None:
        yield from speaker.say(chat, deadline=deadline)
        return
    with known.asking():
        try:
            yield from speaker.say(chat, deadline=deadline)
        except ModelBusy:
            known.full()
            raise
        except (ModelAway, ModelSlow):
            known.failed()
            raise
