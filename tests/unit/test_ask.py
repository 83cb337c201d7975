"""Questions to the published copy: their answers against the views over everything, and what people see of them."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import pytest

from churn.ask import answers, cluster, explain, pivot
from churn.cli.questions import cluster as cluster_command
from churn.cli.questions import explain as explain_command
from churn.cli.questions import pivot as pivot_command
from churn.errors import UsageError
from churn.settings import Settings
from churn.store import ledger
from churn.store.database import lake_database, lake_of, published, published_path, writable
from churn.store.warehouse import publish

DAYS = [dt.date(2026, 3, day) for day in range(1, 6)]
LAST = DAYS[-1]
NAMES = [f"n{number}.example" for number in range(12)]
CLUSTER = "c-20260301-0000000001"


def at(day: dt.date, hour: int = 12) -> dt.datetime:
    """An instant of the day."""
    return dt.datetime.combine(day, dt.time(hour, 30, tzinfo=dt.UTC))


def facts_of(day: dt.date, rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Facts of a day about few domains with few values, so that much is shared, empty or seen again."""

    def some(*values: Any) -> Any:
        return rng.choice((None, *values))

    def seen() -> list[dict[str, Any]]:
        return [{"domain": name, "day": day} for name in rng.choices(NAMES, k=8)]

    hosts = ["ns1.a.example", "ns2.a.example", "ns1.b.example"]
    addresses = [f"192.0.2.{number}" for number in range(6)]
    mail = ["mx.a.example", "mx.c.example"]
    return {
        "sighting": [
            row
            | {
                "fqdn": row["domain"],
                "kind": rng.choice(("registered", "reported", "dropped")),
                "feed": some("f", "g") or "f",
            }
            | {"seen_at": at(day, rng.randrange(3)), "series_hash": some("s1", "s2")}
            for row in seen()
        ],
        "registration": [
            row
            | {"observed_at": at(day, 20), "source": rng.choice(("rdap", "whois")), "registrar_iana_id": some(1, 2)}
            | {
                "registrant_email_hash": some("e1", "e2", ""),
                "registrant_phone_hash": some("p1"),
                "status": some([], ["ok"]),
            }
            | {"registrant_org_hash": some("o1"), "created_at": some(at(day, 1), at(day, 2)), "registrar": some("R")}
            for row in seen()
        ],
        "hosting": [
            row
            | {
                "observed_at": at(day, 21),
                "rcode": "NOERROR",
                "a": some([], sorted(rng.sample(addresses, 5)), addresses[:1]),
            }
            | {
                "ns": some([], hosts[:2], hosts[2:]),
                "mx": some([], mail[:1], mail),
                "soa_rname": some("", "host.c.example"),
            }
            for row in seen()
        ],
        "certificate": [
            row | {"observed_at": at(day, 22), "source": "ct", "spki_sha256": some("k1", "k2"), "serial": str(number)}
            for number, row in enumerate(seen())
        ],
        "name_form": [
            row
            | {
                "label": "n",
                "template": some("w9", "w"),
                "skeleton": some("n", "m"),
                "stem": some("n"),
                "words": some([], ["shop", "on"]),
            }
            for row in seen()
        ],
        "lookup": [
            row
            | {"kind": rng.choice(("rdap", "dns", "ct")), "attempted_at": at(day, 19), "attempt": 1}
            | {"outcome": rng.choice(("ok", "timeout", "not_found", "rate_limited"))}
            for row in seen()
        ],
        "lookup_plan": [
            row | {"kind": "certificate", "rank": number, "reason": "rest", "chosen": False}
            for number, row in enumerate(seen())
        ],
    }


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A published lake of random facts; a day of it was replaced, and another taken away, after a first publishing."""
    settings = Settings(data=tmp_path_factory.mktemp("ask"), threads=1)
    rng = random.Random(6)
    for round_of in (DAYS, DAYS[1:3]):
        for day in round_of:
            for table, rows in facts_of(day, rng).items():
                lake_of(settings).write_rows(table, day, "w", rows)
        publish(settings)
    for table in facts_of(LAST, rng):
        lake_of(settings).remove(table, DAYS[3], "w")
    publish(settings)
    return settings


def test_a_pivot_finds_what_evidence_has(lake: Settings) -> None:
    with lake_database(lake) as con:
        rows = con.sql(
            "SELECT field, value, list_sort(list(domain)), list_sort(list(domain) FILTER (state = 'reported'))"
            " FROM evidence LEFT JOIN domain USING (domain) GROUP BY field, value"
        ).fetchall()
        states = dict(con.sql("SELECT domain, state FROM domain").fetchall())
    assert len({field for field, *_ in rows}) == 17
    for field, value, domains, reported in rows:
        answer = pivot(lake, f"{field}={value}")
        assert sorted(member["domain"] for member in answer.members) == domains, (field, value)
        assert (answer.domains, answer.reported) == (len(domains), len(reported or [])), (field, value)
        assert {member["domain"]: member["state"] for member in answer.members} == {d: states.get(d) for d in domains}
        assert [m["state"] == "reported" for m in answer.members] == sorted(
            (m["state"] == "reported" for m in answer.members), reverse=True
        )


def test_of_many_the_reported_are_named_first(lake: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {"registrant_email": pivot(lake, "registrant_email=e1"), "word": pivot(lake, "word=shop")}
    monkeypatch.setattr(answers, "PIVOT_LIMIT", 3)
    for field, all_of_it in whole.items():
        few = pivot(lake, f"{field}={all_of_it.value}")
        assert len(all_of_it.members) > 3
        assert (few.domains, few.reported, few.first_day) == (
            all_of_it.domains,
            all_of_it.reported,
            all_of_it.first_day,
        )
        assert len(few.members) == 3
        assert all(member in all_of_it.members for member in few.members)
        assert sum(member["state"] == "reported" for member in few.members) == min(3, all_of_it.reported)


def test_a_value_may_be_defanged(lake: Settings) -> None:
    assert (
        pivot(lake, "address=192[.]0[.]2[.]0") == pivot(lake, "address=192.0.2.0") != pivot(lake, "address=192.0.2.1")
    )


def test_a_value_that_nobody_has_finds_nobody(lake: Settings) -> None:
    for question in ("address=203.0.113.9", "arrival_day=2026-03-09", "arrival_day=2026-3-1", "arrival_day=no day"):
        assert (pivot(lake, question).domains, pivot(lake, question).members) == (0, [])


@pytest.mark.parametrize("question", ["address", "address=", "colour=red", "=x", "domain_key=1", "fact=hosting"])
def test_a_question_that_cannot_be_asked_is_refused(lake: Settings, question: str) -> None:
    with pytest.raises(UsageError, match="FIELD=VALUE"):
        pivot(lake, question)


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_knows_what_the_views_over_everything_know(lake: Settings, name: str) -> None:
    answer = explain(lake, name, LAST)
    with lake_database(lake) as con:
        unknown = con.execute(
            "SELECT field, state, why, source FROM knowledge WHERE domain = ? AND state <> 'observed'", [name]
        ).fetchall()
        changes = con.execute("SELECT field, before, after, source FROM change WHERE domain = ?", [name]).fetchall()
        sightings = con.execute("SELECT kind, feed FROM sighting WHERE domain = ?", [name]).fetchall()
    told = [(field, row["state"], row["why"], row["source"]) for row in answer.unknown for field in row["fields"]]
    assert sorted(told) == sorted(unknown)
    assert sorted((row["field"], row["before"], row["after"], row["source"]) for row in answer.changes) == sorted(
        changes
    )
    assert sorted((row["kind"], row["feed"]) for row in answer.sightings) == sorted(sightings)


def test_the_index_has_the_days_of_each_domain(lake: Settings) -> None:
    with published(lake) as con:
        facts = " UNION ".join(
            f"SELECT domain, day FROM {table}"
            for table in ("sighting", "registration", "hosting", "certificate", "name_form", "lookup", "lookup_plan")
        )
        assert con.sql(f"({facts}) EXCEPT SELECT domain, day FROM domain_day").fetchall() == []
        assert con.sql(f"SELECT domain, day FROM domain_day EXCEPT ALL ({facts})").fetchall() == []
        assert DAYS[3] not in {day for (day,) in con.sql("SELECT day FROM domain_day").fetchall()}


def test_an_unknown_name_is_told_what_to_do(lake: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert not explain(lake, "never-seen.example").known
    explain_command("never-seen.example", data=lake.data)
    told = " ".join(capsys.readouterr().out.split())
    assert "never-seen[.]example" in told
    assert "churn import sightings" in told


def test_a_copy_without_an_index_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    publish(settings)
    with writable(settings, published_path(settings)) as con:
        con.execute("DROP TABLE value_key")
    with pytest.raises(UsageError, match="older release"):
        pivot(settings, "address=192.0.2.1")
    publish(settings)


HOSTILE = "\x1b[31mred\u202etxt\x07[bold]x[/bold]"


@pytest.fixture
def told(tmp_path: Path) -> Settings:
    """A cluster of two with everything that may be said of it; outside texts of it are hostile."""
    settings = Settings(data=tmp_path, threads=1)
    lake = lake_of(settings)
    eve, day = DAYS[0], DAYS[1]
    names = ("a.example", "b.example")

    def write(table: str, *rows: dict[str, Any], on: dt.date = day) -> None:
        lake.write_rows(table, on, "w", [{"day": on} | row for row in rows])

    write(
        "sighting",
        *({"domain": d, "fqdn": d, "kind": "registered", "feed": HOSTILE, "label": HOSTILE} for d in names),
        on=eve,
    )
    write("sighting", {"domain": names[0], "fqdn": names[0], "kind": "reported", "feed": "list", "seen_at": at(day)})
    write(
        "hosting", *({"domain": d, "observed_at": at(eve), "ns": [HOSTILE], "a": ["192.0.2.1"]} for d in names), on=eve
    )
    size = {
        "cluster_id": CLUSTER,
        "size": 2,
        "new_members": 2,
        "reported_members": 1,
        "name": HOSTILE,
        "confidence": 0.9,
    }
    write("cluster_day", size | {"first_day": eve, "pattern": HOSTILE, "registrars": [HOSTILE], "tlds": ["example"]})
    member = {"cluster_id": CLUSTER, "role": "core", "score": 0.93, "holds_without_strongest": False}
    write("cluster_member", *(member | {"domain": d, "reported": d == names[0]} for d in names))
    link = {
        "cluster_id": CLUSTER,
        "family": "infrastructure",
        "domains_with_value": 7,
        "in_cluster": 2,
        "source": "hosting",
    }
    seen = {"b.example": at(day), "a.example": at(eve)}
    for field, value, weight in (("name_servers", HOSTILE, 9.0), ("address", "192.0.2.1", 3.0)):
        rows = [
            link | {"domain": d, "field": field, "value": value, "weight": weight, "observed_at": seen[d]}
            for d in names
        ]
        lake.write_rows("link", day, field, [{"day": day} | row for row in rows])
    write("sibling", {"cluster_id": CLUSTER, "domain": names[1], "probability": 0.95, "basis": "variant"})
    write(
        "burst",
        {
            "burst_id": "b",
            "kind": "listing",
            "cluster_id": CLUSTER,
            "observed": 1,
            "expected": 0.1,
            "p_value": 0.0,
            "q_value": 0.0,
            "story": HOSTILE,
        },
    )
    write("burst_member", {"burst_id": "b", "domain": names[0]})
    write(
        "arrival",
        {"cluster_id": CLUSTER, "domain": "late.example", "role": "core", "standing": True, "reported": False},
        on=DAYS[2],
    )
    write("sighting", {"domain": "late.example", "fqdn": "late.example", "kind": "registered", "feed": "f"}, on=DAYS[2])
    packet = {"packet_id": "p", "day": day}
    about = {"scope": "registrar", "key": "1", "recipient": HOSTILE, "written_at": at(day, 22)}
    ledger.append(settings, "packet", day, "p", [packet | about])
    told_of = [
        packet | {"domain": d, "cluster_id": CLUSTER, "state": s}
        for d, s in zip(names, ("new", "not_alleged"), strict=True)
    ]
    ledger.append(settings, "packet_item", day, "p", told_of)
    outcome = {
        "domain": names[0],
        "packet_id": "p",
        "observed_at": at(day, 23),
        "state": "client_hold",
        "actor": "registrar",
    }
    ledger.append(settings, "outcome", day, "o", [outcome | {"day": day}])
    verdict = {
        "subject": CLUSTER,
        "verdict": "watch",
        "given_by": HOSTILE,
        "given_at": at(day),
        "note": HOSTILE,
        "day": day,
    }
    ledger.append(settings, "verdict", day, "v", [verdict])
    publish(settings)
    return settings


def test_an_explanation_says_why_what_if_not_and_who_was_told(
    told: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = explain(told, "a.example")
    assert [(link["field"], link["since"]) for link in answer.links] == [
        ("name_servers", at(DAYS[0])),
        ("address", at(DAYS[0])),
    ]
    explain_command("a.example", data=told.data)
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "2 domains, 1 reported",
        "with a probability of 0.93",
        "address 192[.]0[.]2[.]1: 7 domains of the window have it, 2 of them here (seen in hosting, 2026-03-01 12:30",
        "would not hold",
        "Counted by the listing burst of 2026-03-02",
        "on 2026-03-02 as new (packet p)",
        "it stood as client hold; acted: registrar",
        "Unreported siblings of its cluster's reported domains: 1; 1 of them of the same operator",
        "Related is not guilty",
    ):
        assert words in said, words


def test_a_sibling_and_an_arrival_say_what_they_are(told: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    explain_command("b.example", data=told.data)
    said = " ".join(capsys.readouterr().out.split())
    assert "Nobody has reported it. Of the same operator as those who were reported with a probability of 0.95" in said
    assert "as an unlisted sibling, not alleged" in said
    assert "At the last review" not in said
    explain_command("late.example", data=told.data)
    said = " ".join(capsys.readouterr().out.split())
    assert "arrived on 2026-03-03, a day that is not linked yet, and was placed in the standing cluster" in said


def test_a_cluster_tells_what_was_done_about_it(told: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    portrait = cluster(told, CLUSTER)
    assert portrait.outcomes == [{"state": "client_hold", "actor": "registrar", "domains": 1}]
    assert [(row["new"], row["not_alleged"]) for row in portrait.packets] == [(1, 1)]
    assert [row["domain"] for row in portrait.arrivals] == ["late.example"]
    assert [row["verdict"] for row in portrait.verdicts] == ["watch"]
    cluster_command(CLUSTER, data=told.data)
    said = " ".join(capsys.readouterr().out.split())
    assert "2 domains on 2026-03-02, 1 of them reported; it stands since 2026-03-01" in said
    assert "Of those told of, 1: client hold, by the registrar." in said
    with pytest.raises(UsageError, match="no cluster"):
        cluster(told, "c-none")


def test_hostile_texts_are_harmless_on_a_terminal_and_exact_in_json(
    told: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[Any, str]] = [
        (explain_command, "a.example"),
        (explain_command, "late.example"),
        (pivot_command, f"name_servers={HOSTILE}"),
        (pivot_command, f"word={HOSTILE}"),
        (cluster_command, CLUSTER),
    ]
    for command, question in asked:
        command(question, data=told.data)
        shown = capsys.readouterr().out
        assert not {"\x1b", "\u202e", "\x07"} & set(shown), question
        assert "a.example" not in shown
        command(question, data=told.data, as_json=True)
        exact = json.loads(capsys.readouterr().out)
        assert "[.]" not in json.dumps(exact)
        if question != "late.example":
            assert HOSTILE in _texts(exact)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_servers_that_go_by_numbers_have_keys_of_their_own(lake: Settings) -> None:
    text = "'ns1.h' || i || '.example.com ns2.h' || i || '.example.com'"
    with published(lake) as con:
        assert con.execute(f"SELECT count(DISTINCT key_of({text})) FROM range(300000) AS t(i)").fetchall() == [
            (300_000,)
        ]
