"""Who may try the routes about other people's work, and how much one upload may carry."""

from typing import Final

from darsgah.access import NETWORK_ROLES, Role, requires

staff = requires(Role.INSTRUCTOR, Role.HUB_ADMIN, *NETWORK_ROLES)

UPLOAD_BYTES: Final = 128 * 1024 * 1024
"""What the server reads of an upload at most; a lab's own limit on a notebook is lower and told first."""
