"""Where a request comes from, behind the proxies that the operator trusts and no others."""

from typing import Any

from litestar.connection import ASGIConnection


def client_address(connection: ASGIConnection[Any, Any, Any, Any], trusted_proxies: int) -> str:
    """The address of whoever sent the request.

    Each trusted proxy appends the address it saw to ``X-Forwarded-For``, so the sender's is that many entries
    from the right; what stands further left anybody could have written.
    """
    if trusted_proxies:
        hops = [
            hop.strip() for hop in connection.headers.get("x-forwarded-for", "").split(",") if hop.strip()
        ]
        if len(hops) >= trusted_proxies:
            return hops[-trusted_proxies]
    return connection.client.host if connection.client else ""
