"""The pages with a kernel that each account has open at this web server: several windows, not hundreds.

Each page holds a socket of the server, a link to the host of its kernel and a question a minute to the
database. One more than an account may have takes the place of the one that has been open longest, which is
told so: a link that broke without a word counts for a while yet, and must keep nobody out.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from darsgah.errors import TooMany

MOST_PAGES: Final = 8
"""Of one account: two windows on two machines, and as many again whose links broke and are not yet missed."""


class TooManyPages(TooMany):
    """Labs are open in too many windows. Close some of them, then try again; your work is kept."""

    code = "too_many_pages"


class OpenPage:
    """One page of an account."""

    def __init__(self) -> None:
        self._displaced = asyncio.Event()

    def displace(self) -> None:
        """Another page takes its place."""
        self._displaced.set()

    async def stays(self) -> None:
        """Wait for as long as it may stay.

        Raises:
            TooManyPages: it may no longer.
        """
        await self._displaced.wait()
        raise TooManyPages


class OpenPages:
    """All pages with a kernel, by account."""

    def __init__(self) -> None:
        self._pages: defaultdict[UUID, deque[OpenPage]] = defaultdict(deque)

    @contextmanager
    def one_more(self, account_id: UUID) -> Iterator[OpenPage]:
        """A page of that account while the block lasts; the oldest of too many has to go."""
        page, pages = OpenPage(), self._pages[account_id]
        pages.append(page)
        if len(pages) > MOST_PAGES:
            pages.popleft().displace()
        try:
            yield page
        finally:
            self._forget(account_id, page)

    def _forget(self, account_id: UUID, page: OpenPage) -> None:
        left = [other for other in self._pages.pop(account_id, ()) if other is not page]
        if left:
            self._pages[account_id] = deque(left)
