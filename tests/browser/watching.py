"""What pages say and ask for while a test runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, Request


@dataclass
class Watch:
    """Everything that pages of a context, and frames in them, said and asked for; `belongs` says what is theirs."""

    belongs: Callable[[Request], bool]
    said: list[str] = field(default_factory=list)
    """Messages in the console of any kind (broken policies and failed requests too), and uncaught exceptions."""
    asked: list[str] = field(default_factory=list)
    """Addresses, in their order."""
    foreign: list[str] = field(default_factory=list)
    """Of those, the ones that are not for the page itself; and every WebSocket."""

    def follow(self, context: BrowserContext) -> None:
        """Begin; pages opened from now on are seen."""
        context.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: self.said.append(f"uncaught: {error.error}"))
        context.on("request", self._request)
        context.on("page", self._page)

    def faults(self) -> list[str]:
        """Why the test fails; empty where it need not."""
        return [*self.said, *(f"asked for {address}" for address in self.foreign)]

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if not self.belongs(request):
            self.foreign.append(request.url)

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.foreign.append(socket.url))
