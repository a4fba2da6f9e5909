"""What nodes say of themselves, what workers are told of them, and what administrators see."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.hubs.schemas import HubView

_LINE = r"\A[^\x00-\x1f\x7f]*\Z"
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=_LINE)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_LINE)]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=_LINE)]


class NodeCard(msgspec.Struct, frozen=True):
    """What a node says of itself (``darsgah_tutor.causal.registration``).

    Attributes:
        url: at which workers reach it.
        token: what it wants of them as a bearer token; empty where it wants none.
        places: answers it makes at once.
    """

    name: Name
    url: Address
    token: Line
    model: Name
    device: Line
    places: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    version: Line


class Registered(msgspec.Struct, frozen=True):
    """The answer to it: after how many seconds it is to say so again."""

    id: UUID
    renew_seconds: float


class NodeState(StrEnum):
    """How a node is.

    EXPECTED: a token was made and nobody has come with it. READY: it renews, and workers reach it.
    UNREACHED: it renews, and no worker reaches it at its address. SILENT: it renews no more. LEFT: it said
    that it goes.
    """

    EXPECTED = "expected"
    READY = "ready"
    UNREACHED = "unreached"
    SILENT = "silent"
    LEFT = "left"


class NodeView(msgspec.Struct, frozen=True):
    """A node as administrators see it; what it says of itself is empty until it has come.

    Attributes:
        hub_id: None for the whole network's.
        label: what the administrator called it; ``name`` is its own.
        seen_at: when it last said that it is there.
    """

    id: UUID
    hub_id: UUID | None
    label: str
    state: NodeState
    made_at: datetime
    name: str
    url: str
    model: str
    device: str
    places: int
    version: str
    seen_at: datetime | None


class NodesView(msgspec.Struct, frozen=True):
    """The nodes that an administrator may see, and the hubs that they may make one for.

    Attributes:
        whole_network: they may also make one that is no hub's.
    """

    nodes: tuple[NodeView, ...]
    hubs: tuple[HubView, ...]
    whole_network: bool

    def hub_of(self, node: NodeView) -> HubView | None:
        """The hub of a node; None for the whole network's."""
        return next((hub for hub in self.hubs if hub.id == node.hub_id), None)


class NewNode(msgspec.Struct, frozen=True):
    """A node to come; without ``hub_id`` it is the whole network's."""

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=_LINE)]
    hub_id: UUID | None = None


class MadeNode(msgspec.Struct, frozen=True):
    """A place for a node, with its token, which is shown this once."""

    node: NodeView
    token: str


class ListedNode(msgspec.Struct, frozen=True):
    """A node that workers may ask; ``secret`` is what it wants of them."""

    id: UUID
    hub_id: UUID | None
    url: str
    secret: str
    model: str
