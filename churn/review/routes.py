"""The pages and the form that they send. HTML is escaped always, names are defanged, outside text is made printable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast
from urllib.parse import parse_qs, quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from churn.ask import Decision, Verdict, give_verdict, verdicts
from churn.errors import ChurnError, UsageError
from churn.markings import Tlp, defang, printable, probability
from churn.review import reading, reports
from churn.review.gate import MOST_BODY, Gate, Keys
from churn.settings import Settings

MOST_FIELDS = 120_000
"""Fields of a form: the boxes of a cluster's members are one each."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One start of the page: whose data, who decides, the secrets."""

    settings: Settings
    by: str
    keys: Keys

    def page(self, template: str, status: int = 200, **content: Any) -> Response:
        """A page made of a template."""
        home = f"/{self.keys.place}/"
        common = {"home": home, "form_token": self.keys.form, "by": self.by, "tlp": Tlp.AMBER_STRICT}
        html = _environment().get_template(template).render(common, **content)
        return HTMLResponse(html, status, {"X-Frame-Options": "DENY"})

    def refused(self, error: ChurnError) -> Response:
        """A page that says what was wrong."""
        return self.page("refused.html.j2", 400 if isinstance(error, UsageError) else 500, sentence=str(error))

    def place_of(self, subject: str) -> str:
        """Where the verdicts of a subject are shown."""
        home = f"/{self.keys.place}/"
        return f"{home}verdicts" if "=" in subject else f"{home}clusters/{quote(subject, safe='')}"


def application(settings: Settings, address: str, by: str, keys: Keys) -> ASGIApp:
    """The whole, behind its gate; `address` is the host:port that it is served at, `by` who decides."""
    desk = Desk(settings, by, keys)
    pages: dict[str, Callable[[Desk, Request], Response]] = {
        "": _home, "days/{day}": _day, "clusters/{cluster_id}": _cluster, "verdicts": _verdicts, "style.css": _style,
        "read/{key}/{path:path}": _report,
    }  # fmt: skip
    routes = [Route(f"/{keys.place}/{path}", _bound(desk, page), methods=["GET"]) for path, page in pages.items()]

    async def post(request: Request) -> Response:
        form = _form(await _body(request))
        return await run_in_threadpool(_give, desk, form)

    return Gate(Starlette(routes=[*routes, Route(f"/{keys.place}/verdicts", post, methods=["POST"])]), address, keys)


def _bound(desk: Desk, page: Callable[[Desk, Request], Response]) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        try:
            return page(desk, request)
        except ChurnError as error:
            return desk.refused(error)

    return endpoint


def _home(desk: Desk, _: Request) -> Response:
    standing = reading.standing_judgements(desk.settings)[: reading.MOST_VERDICTS]
    return desk.page("home.html.j2", days=reports.days(desk.settings), standing=standing)


def _day(desk: Desk, request: Request) -> Response:
    day, known = request.path_params["day"], reports.days(desk.settings)
    if day not in known:
        return desk.page("refused.html.j2", 404, sentence="There is no report of that day.")
    place = known.index(day)
    return desk.page(
        "day.html.j2",
        day=day,
        newer=known[place - 1] if place else None,
        older=known[place + 1] if place + 1 < len(known) else None,
        view=reading.day_view(desk.settings, dt.date.fromisoformat(day)),
        frame=f"/{desk.keys.place}/read/{desk.keys.reading}/{day}/index.html",
    )


def _cluster(desk: Desk, request: Request) -> Response:
    view = reading.cluster_view(desk.settings, request.path_params["cluster_id"])
    if view is None:
        return desk.page("refused.html.j2", 404, sentence="There is no cluster of that id.")
    return desk.page("cluster.html.j2", view=view)


def _verdicts(desk: Desk, _: Request) -> Response:
    rows = verdicts(desk.settings)
    return desk.page("verdicts.html.j2", rows=rows[: reading.MOST_VERDICTS], total=len(rows))


def _style(_: Desk, __: Request) -> Response:
    text = (files("churn.review") / "templates" / "style.css").read_text(encoding="utf-8")
    return PlainTextResponse(text, media_type="text/css")


def _report(desk: Desk, request: Request) -> Response:
    file = reports.report_file(desk.settings, request.path_params["path"])
    return reports.answer(file) if file else PlainTextResponse("No report's file.\n", 404)


async def _body(request: Request) -> bytes:
    """The body, cut where it is longer than it may be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            break
    return body[:MOST_BODY]


def _form(body: bytes) -> dict[str, list[str]]:
    """The fields of a form; none where it is no form, or has too many."""
    try:
        return parse_qs(body.decode(), max_num_fields=MOST_FIELDS, strict_parsing=False, errors="strict")
    except ValueError:
        return {}


def _give(desk: Desk, form: dict[str, list[str]]) -> Response:
    """Record the verdict of a form and go where it is shown."""
    one = {name: values[0].strip() for name, values in form.items()}
    if not desk.keys.is_form(one.get("form_token", "")):
        sentence = (
            "This form is not of this page as it runs now. Go back, load the page again, and give the verdict anew."
        )
        return desk.page("refused.html.j2", 403, sentence=sentence)
    subject = one.get("subject", "")
    decision = Decision(
        subject,
        cast("Verdict", one.get("verdict", "")),
        desk.by,
        one.get("note", ""),
        one.get("other") or None,
        (*form.get("domain", ()), *(line.strip() for line in one.get("domains", "").split() if line.strip())),
    )
    try:
        give_verdict(desk.settings, decision)
    except ChurnError as error:
        return desk.refused(error)
    return RedirectResponse(desk.place_of(subject), 303)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("churn.review"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "name": lambda text: defang(printable(str(text), 300)),
        "text": lambda text: printable(str(text), 2000),
        "instant": lambda at: f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC",
        "number": lambda count: "not known" if count is None else f"{count:,}",
        "probability": lambda value: "not known" if value is None else probability(value),
    }
    return environment
