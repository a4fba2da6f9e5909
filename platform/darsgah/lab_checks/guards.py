"""Who may try the routes about labs' reports."""

from darsgah.access import NETWORK_ROLES, Role, requires

staff = requires(Role.INSTRUCTOR, Role.HUB_ADMIN, *NETWORK_ROLES)
