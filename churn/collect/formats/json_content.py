"""Contents in JSON: their value, and what the visit that landed them had to say. What it means is each format's."""

from __future__ import annotations

import json

from churn.collect.cursors import cursor_of
from churn.collect.entries import Landed
from churn.collect.unpack import UnreadableError
from churn.store.queries import run

LARGEST_JSON = 1 << 28
"""Most bytes of a content: as Python objects they take some ten times as much."""


def json_value(landed: Landed) -> object:
    """The value that a content spells. Raises UnreadableError where it is no JSON, or too large."""
    content = landed.content()
    if len(content) > LARGEST_JSON:
        raise UnreadableError(f"{len(content):,} bytes of JSON are more than are read at once, {LARGEST_JSON:,}")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"this is no JSON: {str(error)[:200]}") from None


def tell(landed: Landed, left_out: int) -> None:
    """Count what was read and is no entry, and pass on the `remark` of the content's cursor."""
    remark = cursor_of(landed.manifest).get("remark")
    if left_out or remark:
        text = remark if isinstance(remark, str) else None
        run(landed.con, "churn.collect", "tally_add", names=left_out, remark=text)
