"""Health, readiness and metrics, for those who run the platform and for the machines that watch it."""

import hmac
import ipaddress
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest

from darsgah.access import public
from darsgah.accounts.tokens import bearer_token
from darsgah.db.session import Database
from darsgah.errors import Forbidden
from darsgah.jobs.queue import queue_depth
from darsgah.settings import Settings


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str


class MetricsForbidden(Forbidden):
    """Metrics are for this machine, or for who sends the token that DARSGAH_METRICS_TOKEN names."""

    code = "metrics_forbidden"


@get("/healthz", guards=[public], tags=["operations"])
async def healthz() -> Health:
    """Whether this process is alive; asks nothing else."""
    return Health("ok")


@get("/readyz", guards=[public], tags=["operations"])
async def readyz(database: NamedDependency[Database]) -> Health:
    """Whether requests can be served: the database answers. 503 when not."""
    await database.check()
    return Health("ready")


@get("/metrics", guards=[public], include_in_schema=False)
async def metrics(
    request: Request[None, None, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Prometheus' text format: requests of this process, and what the queues hold."""
    if not _may_read_metrics(request, settings):
        raise MetricsForbidden
    async with database.begin() as session:
        depths = await queue_depth(session)
    queues = CollectorRegistry()
    gauge = Gauge("darsgah_jobs", "Jobs by queue and state.", ["queue", "state"], registry=queues)
    for depth in depths:
        gauge.labels(depth.queue, "waiting").set(depth.waiting)
        gauge.labels(depth.queue, "running").set(depth.running)
        gauge.labels(depth.queue, "given_up").set(depth.given_up)
    return Response(generate_latest(REGISTRY) + generate_latest(queues), media_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: Request[None, None, Any], settings: Settings) -> bool:
    """Whoever sends the token; without one set, whoever asks from this machine and not through a proxy."""
    if settings.metrics_token is not None:
        return hmac.compare_digest((bearer_token(request) or "").encode(), settings.metrics_token.encode())
    if "x-forwarded-for" in request.headers or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
