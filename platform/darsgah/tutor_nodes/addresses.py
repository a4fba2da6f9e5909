"""Whether the address that a node gives is one at which workers may ask it."""

import ipaddress
from urllib.parse import urlsplit

from darsgah.tutor_nodes.errors import NodeOutOfReach


def checked_address(url: str, sender: str) -> str:
    """The address as it is kept.

    Args:
        url: as the node gives it.
        sender: where its request came from.

    Raises:
        NodeOutOfReach: it is no address of a server, or one of the node's own machine alone, and the request
            came from another.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise NodeOutOfReach from error
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.query or parts.fragment:
        raise NodeOutOfReach
    if _nobodys(host) or (_loopback(host) and not _loopback(sender)):
        raise NodeOutOfReach
    return url.rstrip("/")


def _nobodys(host: str) -> bool:
    """Addresses that mean no machine, or that only the provider of a machine answers at."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_unspecified or found.is_multicast or found.is_link_local


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
