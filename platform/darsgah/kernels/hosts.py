"""The hosts of kernels as the web process reaches them: where they are, who is where, what they say."""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from darsgah.errors import NotFound, ServiceUnavailable, SettingsInvalid
from darsgah.settings import Settings
from darsgah_grader.kernel_wire import SOCKET, Address, Link, WireError, address_for, connect

logger = structlog.get_logger("darsgah.kernels")


class KernelsAway(ServiceUnavailable):
    """The machine that runs this lab's code does not answer. Your notebook is kept: try again shortly."""

    code = "kernels_away"


def addresses(settings: Settings) -> list[Address]:
    """Where kernels run.

    Raises:
        SettingsInvalid: DARSGAH_KERNELS names something that is no address.
    """
    if not settings.kernels:
        return [Address(path=settings.home_folder / SOCKET)]
    try:
        return [Address.parse(text.strip()) for text in settings.kernels.split(",") if text.strip()]
    except ValueError as error:
        raise SettingsInvalid(f"DARSGAH_KERNELS: {error}.") from error


async def link_for(settings: Settings, learner: str) -> Link:
    """A link to the host of a learner's kernels: the first in the learner's order that answers.

    Raises:
        KernelsAway: none does.
    """
    for address in address_for(learner, addresses(settings)):
        try:
            return await connect(address, settings.cookie_key)
        except (OSError, WireError) as error:
            logger.warning("kernel_host_away", address=str(address), reason=str(error))
    raise KernelsAway


async def reports(settings: Settings) -> list[tuple[Address, dict[str, Any] | None]]:
    """What each host says of its kernels; None for one that does not answer."""
    where = addresses(settings)
    return list(zip(where, await asyncio.gather(*(_report(settings, one) for one in where)), strict=True))


async def _report(settings: Settings, address: Address) -> dict[str, Any] | None:
    try:
        return await _asked(settings, address, {"ask": "list"})
    except (OSError, WireError):
        return None


async def stop(settings: Settings, where: Sequence[Address], learner: str, assignment: str) -> None:
    """End a kernel, wherever it runs.

    Raises:
        NotFound: no host has it.
    """
    stopped = False
    for address in where:
        try:
            asked = {"ask": "stop", "learner": learner, "assignment": assignment}
            stopped = (await _asked(settings, address, asked)).get("stopped") is True or stopped
        except (OSError, WireError) as error:
            logger.warning("kernel_host_away", address=str(address), reason=str(error))
    if not stopped:
        raise NotFound


async def _asked(settings: Settings, address: Address, question: dict[str, Any]) -> dict[str, Any]:
    link = await connect(address, settings.cookie_key)
    try:
        link.say(question)
        async with asyncio.timeout(10):
            return await link.control()
    except TimeoutError as error:
        raise WireError("the host does not answer") from error
    finally:
        link.close()
