"""The lab's TAXII 2.1 server: medallion, of the OASIS committee itself, with one collection and one user.

It is not part of a lab that is served (`serve`): medallion belongs to the tools for tests, and takes a second to start.
What belongs here: its start, its end and adding to its collection. What doesn't: objects (`stix`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from churn.errors import TransientError
from churn.lab.sockets import LOOPBACK, tcp

USER, PASSWORD = "lab", "a password of the lab"
COLLECTION = str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:lab:taxii"))
MEDIA_TYPE = "application/taxii+json;version=2.1"
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class TaxiiServer:
    """A TAXII server that runs. `collection` is the URL of its collection."""

    collection: str

    def add(self, objects: Sequence[dict[str, Any]]) -> None:
        """Add objects to the collection, as of now. Raises HTTPStatusError where it refuses them."""
        headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
        told = {"objects": list(objects)}
        url = f"{self.collection}objects/"
        httpx.post(url, json=told, headers=headers, auth=(USER, PASSWORD), timeout=30).raise_for_status()


@contextmanager
def taxii_server(folder: Path, *, page_objects: int = 100) -> Iterator[TaxiiServer]:
    """A server with an empty collection until the block ends; it answers at most `page_objects` at once.

    `folder` gets its configuration and its log. Raises TransientError where it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tcp("taxii", 0) as free:
        port = free.getsockname()[1]
    config = folder / "medallion.json"
    config.write_text(json.dumps(_configuration(folder, page_objects)))
    command = [sys.executable, "-m", "medallion.scripts.run", "--host", LOOPBACK, "--port", str(port), str(config)]
    with (folder / "medallion.log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own interpreter
    try:
        server = TaxiiServer(f"http://{LOOPBACK}:{port}/lab/collections/{COLLECTION}/")
        _wait(server, child, folder)
        yield server
    finally:
        child.terminate()
        child.wait(10)


def _wait(server: TaxiiServer, child: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(server.collection)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TransientError(f"The TAXII server did not start; what it said is in {folder / 'medallion.log'}.")


def _configuration(folder: Path, page_objects: int) -> dict[str, Any]:
    """What medallion is told; its collection is in a file beside it."""
    collection = {
        "id": COLLECTION,
        "title": "reported",
        "can_read": True,
        "can_write": True,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": [],
        "manifest": [],
    }
    versions = ["application/taxii+json;version=2.1"]
    information = {"title": "Lab", "versions": versions, "max_content_length": 100_000_000}
    root = {"information": information, "status": [], "collections": [collection]}
    data = folder / "collection.json"
    data.write_text(json.dumps({"/discovery": {"title": "Lab", "api_roots": []}, "lab": root}))
    backend = {
        "module": "medallion.backends.memory_backend",
        "module_class": "MemoryBackend",
        "filename": str(data),
        "session_timeout": 600,
    }
    return {"users": {USER: PASSWORD}, "taxii": {"max_page_size": page_objects}, "backend": backend}
