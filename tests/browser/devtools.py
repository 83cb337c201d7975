"""A real Chromium, driven over its DevTools protocol: no package beyond the websocket client that is here already."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-port=0", "--window-size=1280,1000",
)  # fmt: skip


def executable() -> str | None:
    """Chromium of this machine, where there is one."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Page:
    """One tab; what the browser tells meanwhile is kept in `events`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._last = 0
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=30))
            if message.get("id") == self._last:
                assert "error" not in message, message
                return message["result"]
            self.events.append(message)

    def open(self, path: Path) -> None:
        """Load a file and wait until it is loaded."""
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self._socket.recv(timeout=30)))

    def value(self, expression: str) -> Any:
        """What an expression gives in the page; promises are awaited."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def requests(self) -> list[str]:
        """Addresses that the page asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[Any]:
        """Errors and warnings in the console, uncaught exceptions, violations of the policy."""
        said = [e["params"] for e in self.events if e["method"] in {"Runtime.exceptionThrown", "Log.entryAdded"}]
        return said + [e["params"] for e in self.events if e["method"] == "Runtime.consoleAPICalled"]

    def dark(self, on: bool = True) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def picture(self, path: Path, clip: tuple[int, int, int, int] | None = None) -> None:
        """A PNG of the window, or of a part of the page (x, y, width, height)."""
        extra: dict[str, Any] = {}
        if clip:
            x, y, width, height = clip
            extra = {
                "captureBeyondViewport": True,
                "clip": {"x": x, "y": y, "width": width, "height": height, "scale": 1},
            }
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png", **extra)["data"]))


@contextmanager
def chromium() -> Iterator[Page]:
    """A page of a browser of its own, which is gone afterwards."""
    program = executable()
    assert program
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            with connect(_address(Path(profile)), max_size=1 << 28, proxy=None) as socket:
                yield Page(socket)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(profile: Path) -> str:
    import httpx

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            port = (profile / "DevToolsActivePort").read_text().split()[0]
            tabs = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
            return next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        except (OSError, IndexError, StopIteration, httpx.HTTPError):
            time.sleep(0.1)
    raise TimeoutError("Chromium did not open its DevTools port")
