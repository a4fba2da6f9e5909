"""The names of issuers, and the addresses of all that a credential points at.

An issuer is a DID of the method ``web``: ``did:web:learn.example.org:issuers:khi-saddar`` is described at
``https://learn.example.org/issuers/khi-saddar/did.json``, and the network itself,
``did:web:learn.example.org``, at ``https://learn.example.org/.well-known/did.json``.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of one platform.

    Attributes:
        origin: where people reach it, without a slash at the end.
    """

    origin: str

    @property
    def network(self) -> str:
        """The DID of the network itself; a port's colon is percent-encoded, as the method wants it."""
        return f"did:web:{quote(urlsplit(self.origin).netloc, safe='')}"

    def issuer(self, code: str | None) -> str:
        """The DID of the hub with that code, or of the network without one."""
        return self.network if code is None else f"{self.network}:issuers:{code}"

    def is_ours(self, issuer: str) -> bool:
        """Whether an issuer says that it is described by this platform, whether or not it is."""
        return issuer == self.network or issuer.startswith((f"{self.network}:", f"{self.network}#"))

    def profile(self, code: str | None) -> str:
        """The page about an issuer."""
        return f"{self.origin}/issuers/{code or 'network'}"

    def credential(self, credential_id: UUID) -> str:
        """The page of a credential, which is also its identifier."""
        return f"{self.origin}/credentials/{credential_id}"

    def recipient(self, credential_id: UUID) -> str:
        """Who a credential is about: another name in each, so that two are not seen to be one person's."""
        return f"{self.credential(credential_id)}#recipient"

    def achievement(self, achievement_id: UUID) -> str:
        """The page of what can be earned."""
        return f"{self.origin}/achievements/{achievement_id}"

    def status_list(self, list_id: UUID) -> str:
        """Where a list of revoked credentials is read."""
        return f"{self.origin}/status-lists/{list_id}"
