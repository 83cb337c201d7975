"""Every number of the report equals a query on the published database, written anew here."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from html.parser import HTMLParser

import pytest
from report_data import (
    BATCH,
    CASE,
    DAYS,
    HABIT,
    HELD,
    HOSTILE,
    JOINED,
    LATE,
    LEFT,
    MOVED,
    OLD,
    PARTED,
    TODAY,
    VARIANT,
    build,
)

from churn.report import run
from churn.report.words import number
from churn.store.database import published
from churn.store.lake import Lake


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = build(tmp_path_factory.mktemp("report"))
    for day in DAYS:
        run(settings, day)
    return settings


@pytest.fixture(scope="module")
def ask(settings):
    with published(settings) as con:
        yield lambda query: con.execute(query, {"day": TODAY} if "$day" in query else {}).fetchall()


@pytest.fixture(scope="module")
def folder(settings):
    return settings.data / "reports" / TODAY.isoformat()


@pytest.fixture(scope="module")
def report(folder):
    return json.loads((folder / "report.json").read_bytes())


class _Tiles(HTMLParser):
    """The first screen: label -> figure."""

    def __init__(self, text):
        super().__init__()
        self.figures, self._stack, self._label = {}, [], ""
        self.feed(text[text.index('<dl class="tiles">') : text.index("</dl>")])

    def handle_starttag(self, tag, attrs):
        self._stack.append((tag, dict(attrs).get("class")))

    def handle_endtag(self, tag):  # noqa: ARG002 - the signature is the library's
        self._stack.pop()

    def handle_data(self, data):
        tag, kind = self._stack[-1] if self._stack else ("", "")
        if tag == "dt":
            self._label = data
        elif tag == "dd" and kind != "note":
            self.figures[self._label] = data


QUERIES = {
    "Registered": "SELECT count(DISTINCT domain) FROM sighting WHERE day = $day AND kind = 'registered'",
    "Reported": "SELECT count(DISTINCT domain) FROM sighting WHERE day = $day AND kind = 'reported'",
    "Bursts": "SELECT count(*) FROM burst WHERE day = $day",
    "Largest burst": "SELECT max(observed) FROM burst WHERE day = $day",
    "New siblings": """
        SELECT count(DISTINCT domain) FROM cluster_member AS m
        WHERE day = $day AND NOT reported
        AND EXISTS (FROM cluster_member AS o WHERE o.day = $day AND o.cluster_id = m.cluster_id AND o.reported)
        AND (cluster_id, domain) NOT IN (SELECT (cluster_id, domain) FROM cluster_member WHERE day = $day - 1)
    """,
    "Look-ups unanswered": """
        SELECT count(*) FROM (
            SELECT domain, kind FROM lookup WHERE day = $day GROUP BY ALL
            HAVING NOT bool_or(outcome IN ('ok', 'not_found')) AND NOT bool_or(outcome LIKE 'skipped%'))
    """,
}


@pytest.mark.parametrize("label", QUERIES)
def test_first_screen(label, folder, ask):
    figures = _Tiles((folder / "index.html").read_text()).figures
    assert int(figures[label].replace(",", "")) == ask(QUERIES[label])[0][0] > 0


def test_feeds_and_gates(folder, report, ask):
    believed, feeds = ask("SELECT count(*) FILTER (gate = 'ok'), count(*) FROM feed_day WHERE day = $day")[0]
    assert _Tiles((folder / "index.html").read_text()).figures["Feeds believed"] == f"{believed} of {feeds}"
    rows = ask("SELECT feed, rows, gate FROM feed_day WHERE day = $day")
    assert sorted((f["feed"], f["rows"], f["gate"]) for f in report["feeds"]) == sorted(rows)


def test_days_of_the_chart(report, ask):
    counts = dict(ask("SELECT day, count(DISTINCT domain) FROM sighting WHERE kind = 'registered' GROUP BY day"))
    assert {dt.date.fromisoformat(d["day"]): d["registered"] for d in report["days"]} == counts
    members = ask("SELECT count(DISTINCT domain) FROM burst_member WHERE day = $day")[0][0]
    assert report["days"][-1]["burst_domains"] == members


def test_bursts(report, ask):
    rows = ask("SELECT burst_id, observed, expected, q_value, reported_members FROM burst WHERE day = $day")
    keys = ("burst_id", "observed", "expected", "q_value", "reported_members")
    assert sorted(tuple(b[k] for k in keys) for b in report["bursts"]) == sorted(rows)
    assert report["bursts"][-1]["cluster_id"] == BATCH, "a burst without reported domains comes last, however rare"


def test_each_bar_of_a_burst_is_what_was_observed(report):
    words = {"listing": "reported", "registration": "registered", "growth": "joined"}
    for burst in report["bursts"]:
        today = [p for p in report["series"][burst["key"]] if p["day"] == TODAY.isoformat()]
        assert today[0][words[burst["kind"]]] == burst["observed"]


def test_clusters_and_members(report, ask):
    for cluster in report["clusters"]:
        key = cluster["cluster_id"]
        rows = ask(f"SELECT domain, reported FROM cluster_member WHERE day = $day AND cluster_id = '{key}'")
        assert sorted((m["domain"], m["reported"]) for m in cluster["members"]) == sorted(rows)
        assert cluster["size"] == len(rows)
        assert cluster["reported_members"] == sum(reported for _, reported in rows)
        holding = (
            f"SELECT count(*) FROM cluster_member WHERE day = $day AND cluster_id = '{key}' AND holds_without_strongest"
        )
        assert cluster["holding"] == ask(holding)[0][0]


def test_what_changed(report, ask):
    old = next(c for c in report["clusters"] if c["cluster_id"] == OLD)
    stood = "SELECT domain FROM cluster_member WHERE cluster_id = 'c-old' AND day = DATE "
    today, before = f"{stood} '2026-03-08'", f"{stood} '2026-03-07'"
    assert [m["domain"] for m in old["members"] if m["new"]] == [
        d for (d,) in ask(f"{today} EXCEPT {before} ORDER BY 1")
    ]
    assert {m["domain"] for m in old["members"] if m["new"]} == set(JOINED)
    assert [row["domain"] for row in old["departures"]] == [d for (d,) in ask(f"{before} EXCEPT {today} ORDER BY 1")]
    assert {row["domain"]: row["now_in"] for row in old["departures"]} == {LEFT: None, PARTED: HOSTILE}
    told = ask(f"{today} AND reported INTERSECT ({before} AND NOT reported)")
    assert [m["domain"] for m in old["members"] if m["newly_reported"]] == [LATE] == [d for (d,) in told]
    moves = ask(
        "SELECT domain, field, before, after FROM change WHERE CAST(seen_after_at AS DATE) = $day "
        f"AND domain IN ({today}) ORDER BY ALL"
    )
    assert sorted((m["domain"], m["field"], m["before"], m["after"]) for m in old["moves"]) == moves
    assert (HELD, "status", "active", "client hold") in moves
    assert {domain for domain, field, *_ in moves if field == "a"} == set(MOVED)


def test_what_changed_is_said(folder):
    page = " ".join(re.sub(r"<[^>]+>", " ", (folder / "index.html").read_text()).split())
    for said in (
        "Joined 2 : past20[.]comlab and past21[.]comlab",
        "Left 2 : past18[.]comlab (in no cluster now); past19[.]comlab (now in &lt;script&gt;",
        "Newly reported 1 : past7[.]comlab",
        "Changed the address 4 : from 4 others to 203.0.113.9: past0[.]comlab, past1[.]comlab and 2 more",
        "Changed the registration status 1 : from active to client hold: past1[.]comlab",
    ):
        assert said in page


def test_siblings(report, folder, ask):
    case = next(c for c in report["clusters"] if c["cluster_id"] == CASE)
    rows = ask(f"SELECT domain, probability, basis FROM sibling WHERE day = $day AND cluster_id = '{CASE}'")
    got = [(s["domain"], s["probability"], s["basis"]) for s in case["siblings"]]
    assert got == sorted(rows, key=lambda row: (-row[1], row[0]))
    assert {s["domain"] for s in case["siblings"] if not s["member"]} == {HABIT, VARIANT}
    likely = ask("SELECT count(DISTINCT domain) FROM sibling WHERE day = $day AND probability >= 0.9")[0][0]
    assert report["headline"]["likely_siblings"] == likely > 0
    page = (folder / "index.html").read_text()
    assert f"ones, {likely} likely" in page
    with (folder / "clusters" / f"{CASE}-siblings.csv").open(newline="") as file:
        assert [row["domain"] for row in csv.DictReader(file)] == [row[0] for row in got]
    unreported = [m["sibling_probability"] for m in case["members"] if not m["reported"]]
    assert unreported == sorted(unreported, reverse=True), "unreported members are ranked"


def test_every_membership_names_what_holds_it(report, folder, ask):
    for cluster in report["clusters"]:
        key = cluster["cluster_id"]
        values = {link["place"]: (link["field"], link["value"]) for link in cluster["links"]}
        rows = ask(f"SELECT domain, field, value FROM link WHERE day = $day AND cluster_id = '{key}'")
        held = {(m["domain"], *values[place]) for m in cluster["members"] for place in m["held_by"]}
        assert held == set(rows)
        assert cluster["values_in_all"] == len({row[1:] for row in rows})


def test_the_picture_holds_every_member_once(folder, report):
    page = (folder / "index.html").read_text()
    for place, cluster in enumerate(report["clusters"], 1):
        picture = re.search(rf'<svg class="net[a-z ]*" id="c-{place}-net".*?</svg>', page, re.DOTALL)[0]
        groups = re.findall(r"<g data-g=.*?<title>(.*?)</title>", picture)
        sizes = [1 + int((re.search(r" and ([\d,]+) more;", g) or [0, "0"])[1].replace(",", "")) for g in groups]
        assert sum(sizes) == cluster["size"]
        assert sum(int(re.search(r"(\d+) reported$", g)[1]) for g in groups) == cluster["reported_members"]
        told = re.findall(r"<title>[^<]*: ([\d,]+) members?, (\d+) reported</title>", picture)
        drawn = sorted((int(a.replace(",", "")), int(b)) for a, b in told)
        assert drawn == sorted((v["members"], v["reported"]) for v in cluster["links"] if v["members"] > 1)


def test_the_timeline_counts_what_the_facts_say(folder, ask):
    page = (folder / "index.html").read_text()
    lanes = re.search(r'id="c-1-life">(.*?)</title>', page)[1]
    members = f"domain IN (SELECT domain FROM cluster_member WHERE day = $day AND cluster_id = '{CASE}')"
    for title, query in (
        ("Registered", f"SELECT count(DISTINCT domain) FROM sighting WHERE kind = 'registered' AND {members}"),
        ("First in DNS", f"SELECT count(DISTINCT domain) FROM hosting WHERE rcode = 'NOERROR' AND {members}"),
        ("Certificate", f"SELECT count(DISTINCT domain) FROM certificate WHERE {members}"),
        ("Reported", f"SELECT count(DISTINCT domain) FROM sighting WHERE kind = 'reported' AND {members}"),
    ):
        assert f"{title}: {ask(query)[0][0]} domains, " in lanes
    told = f"SELECT domain, min(seen_at) AS told FROM sighting WHERE kind = 'reported' AND {members} GROUP BY domain"
    came = (
        "SELECT domain, coalesce(r.created_at, s.seen_at) AS came FROM sighting AS s "
        "LEFT JOIN registration AS r USING (domain) WHERE s.kind = 'registered'"
    )
    half = ask(f"SELECT median(date_diff('second', came, told)) / 3600 FROM ({told}) JOIN ({came}) USING (domain)")[0][
        0
    ]
    assert f"half were reported within {round(half)} hours of their registration" in page


def test_cards_say_what_their_bursts_say(folder, report, ask):
    page = (folder / "index.html").read_text()
    cards = re.findall(r'<article class="card.*?</article>', page, re.DOTALL)
    rows = ask("SELECT coalesce(cluster_id, burst_id), observed, expected FROM burst WHERE day = $day")
    assert len(cards) == len({key for key, *_ in rows})
    said = [
        (int(o.replace(",", "")), e)
        for c in cards
        for o, e in re.findall(r"<b>([\d,]+)</b> observed, ([\d.,]+) exp", c)
    ]
    assert sorted(said) == sorted((observed, number(expected)) for _, observed, expected in rows)
    assert "Names of a w" not in page
    assert (
        "Names of one dictionary word, a hyphen, five digits, a hyphen and one dictionary word, under .comlab" in page
    )


def test_ledger(report, ask):
    case = next(c for c in report["clusters"] if c["cluster_id"] == CASE)
    for link in case["links"]:
        members, worldwide = ask(
            "SELECT count(DISTINCT domain), max(domains_with_value) FROM link WHERE day = $day "
            f"AND cluster_id = '{CASE}' AND field = '{link['field']}' AND value = '{link['value']}'"
        )[0]
        assert (link["members"], link["domains_with_value"]) == (members, worldwide)
    window = "SELECT count(DISTINCT domain) FROM sighting WHERE day <= $day AND kind IN ('registered', 'reported')"
    assert report["headline"]["window_domains"] == ask(window)[0][0]


def test_who_shares_a_value_is_who_has_it_not_who_is_held_by_it(folder, ask):
    page = re.sub(r"<[^>]*>", "", (folder / "index.html").read_text())
    said = re.search(r"([\d,]+) of ([\d,]+) share the name servers (.+?), which ([\d,]+) domains", page)
    assert said is not None
    shared, size, everywhere = (int(said[n].replace(",", "")) for n in (1, 2, 4))
    value = said[3].replace("[.]", ".")
    counts = "max(domains_with_value), max(in_cluster), count(DISTINCT domain)"
    ((of_all, here, held),) = ask(
        f"SELECT {counts} FROM link WHERE day = $day AND cluster_id = '{CASE}' AND value = '{value}'"
    )
    assert (everywhere, shared) == (of_all, here)
    assert held < here
    ((members,),) = ask(f"SELECT count(*) FROM cluster_member WHERE day = $day AND cluster_id = '{CASE}'")
    assert size == members


def test_sponsors(report, ask):
    got = {t["value"]: t["domains"] for t in report["traits"][CASE] if t["dimension"] == "registrar"}
    rows = ask(
        "SELECT r.registrar_iana_id, count(*) FROM cluster_member AS m LEFT JOIN registration AS r USING (domain) "
        f"WHERE m.day = $day AND m.cluster_id = '{CASE}' GROUP BY ALL"
    )
    assert sorted(got.values()) == sorted(count for _, count in rows)
    assert got[None] == dict(rows)[None]


def test_packets(report, ask):
    rows = ask(
        "SELECT packet_id, count(*) FILTER (state = 'new'), count(*) FILTER (state = 'not_alleged') "
        "FROM packet_item GROUP BY packet_id"
    )
    assert sorted((p["packet_id"], p["new"], p["not_alleged"]) for p in report["packets"]) == sorted(rows)


def test_csv_has_every_member_with_its_exact_name(folder, report):
    for cluster in report["clusters"]:
        with (folder / "clusters" / f"{cluster['cluster_id']}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["domain"] for row in rows] == [m["domain"] for m in cluster["members"]]
        assert {row["tlp"] for row in rows} == {"TLP:AMBER+STRICT"}


def test_page_lists_members_and_says_who_is_alleged(folder):
    page = (folder / "index.html").read_text()
    standings = re.findall(r"<td>(not alleged|reported \d{4}-\d\d-\d\d)(?:, new)?<td>", page)
    assert len(standings) == 384
    assert "xn--bcher-kva[.]comlab<small><bdi>bücher[.]comlab</bdi></small>" in page


def test_as_of_the_day(settings, folder):
    """What came later does not show: neither in figures nor in members."""
    yesterday = json.loads((settings.data / "reports" / DAYS[1].isoformat() / "report.json").read_bytes())
    assert [c["cluster_id"] for c in yesterday["clusters"]] == [OLD]
    assert yesterday["headline"]["bursts"] == 0
    assert max(d["day"] for d in yesterday["days"]) == DAYS[1].isoformat()
    assert yesterday["packets"] == []


def test_a_membership_without_a_ledger_row_is_said(tmp_path):
    settings = build(tmp_path, case=8)
    Lake(settings.data / "lake").remove("link", TODAY, "link")
    from churn.store.warehouse import publish

    publish(settings)
    run(settings, TODAY)
    page = (settings.data / "reports" / TODAY.isoformat() / "index.html").read_text()
    assert "92 memberships have no row in the ledger: an error of the linking" in page
