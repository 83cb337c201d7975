"""The page of a day, the index of days and the mail: Jinja templates, HTML escaped always, Markdown escaped always.

The pages load nothing and run nothing but their own style and script, whose digests are in their content security
policy.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from churn.markings import Tlp, probability
from churn.report import stories, words
from churn.report.cluster_records import Member, SharedValue, Sibling
from churn.report.patterns import scope_words
from churn.report.records import Day, Headline, Packet
from churn.report.scoreboard import Board
from churn.report.timeline import timeline_of
from churn.report.values import value_told
from churn.report.view import Figures, View, figures_of, view_of
from churn.settings import Settings

TLP = Tlp.AMBER_STRICT
LIMIT_BYTES = 3_000_000
"""Size of the page, at most; the tables give way until it fits."""
OPEN_SECTIONS = 5
"""Clusters that stand open when the page is; the others open when one asks for them."""
ROWS = ((2000, 9000), (1000, 4000), (300, 1500), (50, 400), (5, 50))


def page_html(day: Day, settings: Settings) -> str:
    """The self-contained page of a day, at most `LIMIT_BYTES` long where that can be had by shortening tables."""
    html = ""
    figures = figures_of(day)
    for each, in_all in ROWS:
        html = _render(_html(), "report.html.j2", view_of(day, figures, each, in_all), settings)
        if len(html.encode()) <= LIMIT_BYTES:
            break
    return html


def mail_markdown(day: Day, settings: Settings) -> str:
    """The same for a mail program: Markdown, without long tables."""
    figures = [Figures(None, timeline_of(cluster, day.day)) for cluster in day.clusters]
    return _render(_markdown(), "report.md.j2", view_of(day, figures, 20, 800), settings)


def index_html(rows: list[tuple[dt.date, Headline | None]]) -> str:
    """The index of days, newest first; a headline of None is a report that can't be read."""
    context = _page_parts() | {"rows": [{"day": day, "headline": headline} for day, headline in rows], "tlp": TLP}
    return _html().get_template("index.html.j2").render(context)


def scoreboard_html(board: Board) -> str:
    """The self-contained page of the scoreboard."""
    return _html().get_template("scoreboard.html.j2").render(_page_parts() | {"board": board})


def _render(environment: Environment, template: str, view: View, settings: Settings) -> str:
    day = view.day
    made, failed, unasked = stories.lookup_totals(day)
    return environment.get_template(template).render(
        _page_parts(),
        tlp=TLP,
        day=day,
        head=day.headline,
        long_date=f"{day.day:%A} {day.day.day} {day.day:%B %Y}",
        sentences=stories.day_in_three_sentences(day),
        lookups_made=made,
        lookups_failed=failed,
        lookups_unasked=unasked,
        not_obtained=stories.not_obtained_words(day),
        day_charts=view.day_charts,
        cards=view.cards,
        sections=view.sections,
        places=view.places,
        window_days=settings.window_days,
        open_sections=OPEN_SECTIONS,
    )


@cache
def _page_parts() -> dict[str, Any]:
    folder = files("churn.report") / "templates"
    style = (folder / "style.css").read_text(encoding="utf-8")
    script = (folder / "script.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    # Both are files of this package: nothing from outside is ever put into them.
    return {"style": Markup(style), "script": Markup(script), "csp": Markup(policy)}  # noqa: S704 - see above


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _html() -> Environment:
    return _environment(autoescape=True)


@cache
def _markdown() -> Environment:
    # Markdown needs another escaping than HTML: `finalize` applies it to everything that the template puts in.
    return _environment(autoescape=False, finalize=_markdown_escaped)


def _environment(*, autoescape: bool, finalize: Callable[[Any], Any] | None = None) -> Environment:
    environment = Environment(
        loader=PackageLoader("churn.report"),
        autoescape=autoescape,  # noqa: S701 - off for Markdown only, which `finalize` escapes its own way
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "address": _address,
        "burst_kind": lambda kind: words.BURST_KINDS.get(kind, words.shown(kind)),
        "certainty": words.certainty,
        "cluster_title": stories.cluster_title,
        "confidence": words.confidence,
        "contact_words": _contact_words,
        "counted": words.counted,
        "date": _date,
        "family": lambda family: family if family in _FAMILIES else "other",
        "gate": lambda gate: words.GATES.get(gate, words.shown(gate)),
        "basis": lambda basis: words.BASES.get(basis, words.shown(basis)),
        "growth": stories.growth,
        "how_spared": lambda how: words.HOW_SPARED.get(how, words.shown(how)),
        "spared_title": stories.spared_title,
        "subject_words": stories.subject_words,
        "watched_words": lambda kind: words.WATCHED.get(kind, words.shown(kind)),
        "group_title": stories.group_title,
        "knowledge_words": lambda outcome: words.KNOWLEDGE[words.outcome_knowledge(outcome)],
        "lookup_words": words.lookup_words,
        "name_shown": words.name_shown,
        "number": words.number,
        "observed_words": _observed_words,
        "outcome_words": words.outcome_words,
        "scope_words": scope_words,
        "score": lambda score: words.UNKNOWN if score is None else probability(score),
        "share": words.share,
        "shown": words.shown,
        "short_day": lambda day: f"{day.day} {day:%b}",
        "small": words.small,
        "sources_words": words.sources_words,
        "sponsor": _sponsor,
        "standing": _standing,
        "trait_words": words.trait_words,
        "unicode_shown": words.unicode_shown,
        "sureness": stories.sureness,
        "value_told": lambda link: value_told(link.field, link.value),
    }
    return environment


_FAMILIES = frozenset({"infrastructure", "name", "registration", "owner", "report"})
"""Families of evidence that have a colour."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&!]|^[-+=])")
_MARKDOWN_LIST = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def _markdown_escaped(value: Any) -> str:
    """Text that Markdown takes for nothing else, nor at the start of a line, where spaces and marks mean something."""
    return _MARKDOWN_LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(str(value).split())))


def _standing(member: Member) -> str:
    new = ", new" if member.new else ""
    if not member.reported:
        return f"not alleged{new}"
    return f"reported {member.reported_day}{new}" if member.reported_day else f"reported{new}"


def _sponsor(member: Member | Sibling) -> str:
    if member.registrar is None and member.registrar_iana_id is None:
        return "not obtained"
    number = "" if member.registrar_iana_id is None else f" ({member.registrar_iana_id})"
    return f"{words.shown(member.registrar or 'unnamed', 40)}{number}"


def _address(member: Member) -> str:
    if member.addresses is None:
        return "not obtained"
    if not member.addresses:
        return "none"
    more = len(member.addresses) - 1
    return f"{words.shown(member.addresses[0], 45)}{f' and {more} more' if more else ''}"


def _date(instant: dt.datetime | None) -> str:
    return words.UNKNOWN if instant is None else instant.date().isoformat()


def _observed_words(link: SharedValue) -> str:
    first, last = _date(link.first_observed_at), _date(link.last_observed_at)
    return f"on {first}" if first == last else f"from {first} to {last}"


def _contact_words(packet: Packet) -> str:
    ways = [
        way
        for way, known in (("e-mail", packet.has_email), ("telephone", packet.has_phone), ("form", packet.has_form))
        if known
    ]
    return words.joined(ways) or "none found"
