"""What issuing needs beside the database: where the platform is, and the secret that opens its keys."""

from dataclasses import dataclass, field
from typing import Self

from darsgah.credentials.addresses import Addresses
from darsgah.settings import Settings


@dataclass(frozen=True, slots=True)
class Issuing:
    """Made from the settings, once for each request or job.

    Attributes:
        secret: under which private keys are sealed.
    """

    addresses: Addresses
    secret: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The operator's choice.

        Raises:
            SettingsInvalid: the secret is too short to be one.
        """
        return cls(Addresses(settings.site), settings.credential_secret)
