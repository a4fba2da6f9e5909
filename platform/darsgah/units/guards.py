"""Who may try which routes about units; what each then sees is decided in the services."""

from darsgah.access import Role, requires
from darsgah.units.assessing import ASSESSORS
from darsgah.units.service import READERS

keepers = requires(Role.NETWORK_ADMIN)
staff = requires(*READERS)
assessors = requires(*ASSESSORS)
