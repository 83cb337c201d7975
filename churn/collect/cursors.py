"""Cursors that are JSON objects: where a visit goes on, and a `remark` for whoever reads what it landed."""

from __future__ import annotations

import json

from churn.store.landing import Manifest


def cursor_of(manifest: Manifest | None) -> dict[str, object]:
    """A manifest's cursor, where it is a JSON object; else empty."""
    try:
        value = json.loads((manifest and manifest.cursor) or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
