"""Everything Darsgah raises on purpose. The web shows it as problem details (RFC 9457) or as a page.

DarsgahError
├── SettingsInvalid        the operator's settings
├── ServiceUnavailable     something the platform needs is away for the moment (503)
├── MalformedInput         422, with the fields at fault
├── NotSignedIn            401
├── Forbidden              403
├── NotFound               404
├── Conflict               409
├── TooLarge               413
└── TooMany                429

A slice subclasses these: the status stands on the class, the docstring is the message for people unless
the place that raises says more. An exception without such a label is a 500 and an alarm.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar


class DarsgahError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    """What kind of error it is in a few words (RFC 9457); a subclass's is its name."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.title = re.sub("(?<!^)(?=[A-Z])", " ", cls.__name__).capitalize()

    def __init__(self, message: str | None = None, **details: Any) -> None:  # noqa: ANN401 - plain values
        self.message = message or (type(self).__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
        self.details: Mapping[str, Any] = details
        super().__init__(self.message)

    @property
    def headers(self) -> dict[str, str]:
        """What the answer's headers say about the error: after how many seconds to try again."""
        seconds = self.details.get("retry_after")
        return {"Retry-After": str(seconds)} if seconds else {}


class SettingsInvalid(DarsgahError):  # noqa: N818 - says what is wrong
    """A setting does not fit this machine."""

    code = "settings_invalid"


class ServiceUnavailable(DarsgahError):  # noqa: N818 - says what is wrong
    """The service is away for a moment. Nothing is lost: try again shortly."""

    status = 503
    code = "unavailable"


class MalformedInput(DarsgahError):  # noqa: N818 - says what is wrong
    """Something in what was sent cannot be read.

    ``details["fields"]`` maps a field's name to what is wrong with it.
    """

    status = 422
    code = "malformed"


class NotSignedIn(DarsgahError):  # noqa: N818 - says what is wrong
    """Sign in first."""

    status = 401
    code = "not_signed_in"


class Forbidden(DarsgahError):  # noqa: N818 - says what is wrong
    """Your account may not do this."""

    status = 403
    code = "forbidden"


class NotFound(DarsgahError):  # noqa: N818 - says what is wrong
    """There is nothing here, or nothing that your account may see."""

    status = 404
    code = "not_found"


class Conflict(DarsgahError):  # noqa: N818 - says what is wrong
    """This does not fit with what is already there."""

    status = 409
    code = "conflict"


class TooLarge(DarsgahError):  # noqa: N818 - says what is wrong
    """What was sent is larger than allowed."""

    status = 413
    code = "too_large"


class TooMany(DarsgahError):  # noqa: N818 - says what is wrong
    """Too many attempts: wait a little and try again.

    ``details["retry_after"]`` is the number of seconds to wait.
    """

    status = 429
    code = "too_many"
