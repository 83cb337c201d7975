"""How the faults of RDAP and crt.sh look on the wire, and what their limits are told with.

What belongs here: one behaviour a fault. What doesn't: which one shows when (`lookup_faults`), right answers (`rdap`,
`crtsh`), what becomes of JSON (`json_faults`).
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from churn.lab import json_faults, rdap
from churn.lab.web import RDAP_JSON, Answer
from churn.lab.web_faults import (
    PAGE,
    Behaviour,
    FaultyConnection,
    bomb,
    drip,
    instead,
    reset,
    reset_now,
    status_only,
    with_length,
)

DRIP_SECONDS = 0.1
PADDING_BYTES = 2 << 20
DEPTH = 100_000
NOTICE = {
    "rdapConformance": ["rdap_level_0"],
    "notices": [
        {
            "title": "Query rate limit",
            "type": "result set truncated due to excessive load",
            "description": ["You have exceeded the number of queries allowed. Please try again later."],
        }
    ],
}
"""A limit that is told in a notice (RFC 9083, 4.3 and 10.2.1) and nowhere else."""
JsonChange = Callable[[FaultyConnection, Any], Any]


def told(name: str, retry_after: int) -> Behaviour:
    """What a query beyond a limit, or of a client that is banned, is answered with; names as in `lookup_limits`."""
    if name == "reset":
        return Behaviour(deliver=lambda to, *_: reset_now(to))
    if name == "busy":
        return instead(_problem(429, "Too many requests", Retry_After=str(retry_after)))
    return BEHAVIOURS[name]


def _problem(status: int, title: str, **headers: str) -> Answer:
    body = json.dumps(rdap.error(status, title)).encode()
    return replace(status_only(status, **headers), body=body, type=RDAP_JSON)


def _in_two_seconds(_: FaultyConnection, __: Answer) -> Answer:
    return _problem(
        429, "Too many requests", Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=2), True)
    )


def _to(place: str) -> Behaviour:
    return instead(status_only(302, Location=place))


def _to_itself(asked: FaultyConnection, _: Answer) -> Answer:
    return status_only(302, Location=asked.target)


def _body(change: Callable[[bytes], bytes], **headers: str) -> Behaviour:
    """The right answer with its bytes changed."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}

    def changed(_: FaultyConnection, answer: Answer) -> Answer:
        return replace(answer, body=change(answer.body), headers=answer.headers | more)

    return Behaviour(changed)


def _json(change: JsonChange, encoding: str = "ascii") -> Behaviour:
    """The right answer with its JSON changed; errors stay as they are."""

    def changed(asked: FaultyConnection, answer: Answer) -> Answer:
        if answer.status != 200 or "json" not in answer.type:
            return answer
        made = json.dumps(change(asked, json.loads(answer.body)), ensure_ascii=encoding == "ascii")
        return replace(answer, body=made.encode(encoding))

    return Behaviour(changed)


def _padded(body: bytes) -> bytes:
    """JSON with a member, or white space, of 2 MB."""
    if not body.startswith(b"{"):
        return body + b" " * PADDING_BYTES
    return b'{"remarks": [{"description": ["' + b"x" * PADDING_BYTES + b'"]}], ' + body[1:]


def _odd(body: bytes) -> bytes:
    if not body.startswith(b"{"):
        return b"[NaN, " + b"9" * 5_000 + b', "\\ud800", Infinity]'
    odd = b'"lang": NaN, "serial": ' + b"9" * 5_000 + b', "port43": "\\ud800\\u0000", "handle": 1e999, '
    return b"{" + odd + body[1:-1] + b', "handle": "told twice"}'


def _deep(body: bytes) -> bytes:
    lists = b"[" * DEPTH + b"]" * DEPTH
    return b'{"remarks": ' + lists + b", " + body[1:] if body.startswith(b"{") else lists


def _never(transport: asyncio.Transport, head: bytes, body: bytes) -> None:
    """The connection stays open, and nothing comes."""


def _garbage(transport: asyncio.Transport, _: bytes, __: bytes) -> None:
    transport.write(bytes(range(256)) * 4)
    transport.close()


BEHAVIOURS = {
    "busy": instead(_problem(429, "Too many requests", Retry_After="1")),
    "busy-date": Behaviour(_in_two_seconds),
    "busy-silent": instead(_problem(429, "Too many requests")),
    "busy-notice": instead(Answer(200, json.dumps(NOTICE).encode(), RDAP_JSON)),
    "forbidden": instead(_problem(403, "Forbidden")),
    "down": instead(Answer(503, PAGE, "text/html")),
    "bad-gateway": instead(Answer(502, PAGE, "text/html")),
    "page": instead(Answer(200, PAGE, "text/html")),
    "nothing": instead(Answer(200, b"", RDAP_JSON)),
    "empty": instead(Answer(200, b"[]", "application/json")),
    "to-loopback": _to("http://127.0.0.1:1/rdap/domain/x"),
    "to-private": _to("http://10.0.0.1/rdap/domain/x"),
    "to-metadata": _to("http://169.254.169.254/latest/meta-data/"),
    "to-scheme": _to("file:///etc/passwd"),
    "to-itself": Behaviour(_to_itself),
    "bad-json": _body(lambda body: body[: len(body) // 2]),
    "too-long": _body(_padded),
    "odd-json": _body(_odd),
    "deep-json": _body(_deep),
    "gzip": _body(lambda body: gzip.compress(body, mtime=0), Content_Encoding="gzip"),
    "bomb": _body(lambda _: bomb(), Content_Encoding="gzip"),
    "wrong-types": _json(lambda _, body: json_faults.wrong_types(body)),
    "latin-1": _json(lambda _, body: json_faults.accented(body), "latin-1"),
    "hostile": _json(lambda _, body: json_faults.hostile(body)),
    "bad-jcard": _json(lambda asked, body: json_faults.bad_jcards(body, asked.subject)),
    "other": _json(lambda asked, body: json_faults.other(body, asked.subject, asked.site)),
    "related-loop": _json(lambda asked, body: json_faults.related_loop(body, asked.subject, asked.site)),
    "related-private": _json(lambda _, body: json_faults.related(body, "http://10.0.0.1/rdap/domain/x")),
    "related-metadata": _json(lambda _, body: json_faults.related(body, "http://169.254.169.254/latest/meta-data/")),
    "related-scheme": _json(lambda _, body: json_faults.related(body, *json_faults.SCHEMES)),
    "cut": Behaviour(deliver=lambda to, head, body: with_length(to, head, body[: len(body) // 2], len(body))),
    "reset": Behaviour(deliver=reset),
    "timeout": Behaviour(deliver=_never),
    "drip": Behaviour(deliver=lambda to, head, body: drip(to, head + b"\r\n\r\n" + body, 1, DRIP_SECONDS)),
    "garbage": Behaviour(deliver=_garbage),
}
"""How each fault of RDAP_FAULTS and CRTSH_FAULTS shows."""
