"""Words that an issuer of credentials may not use: an alignment describes, and no body has confirmed it."""

import re
from typing import Final

_CLAIMS: Final = re.compile(
    r"\baccredit\w*|\bcertified\s+by\b|\b(?:officially|government|nationally)[\s-]+(?:recogni[sz]ed|approved|certified)\b"
    r"|\b(?:approved|recogni[sz]ed|endorsed)\s+by\s+the\s+(?:government|ministry|commission|authority)\b"
    r"|منظور شدہ|تسلیم شدہ|مصدقہ",
    re.IGNORECASE,
)


def claims_too_much(text: str) -> bool:
    """Whether a text says that a body has accredited, certified or approved something."""
    return _CLAIMS.search(text) is not None
