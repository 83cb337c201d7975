"""Look-ups when everything goes wrong that can: nothing is lost, no exception escapes, nobody is asked too much."""

import json
import urllib.request

import pytest

from churn import collect, enrich
from churn.lab import Faults, serving
from churn.lab.faults import all_lookup_faults
from churn.lab.lookup_limits import Limit
from churn.outcomes import Outcome
from churn.store.database import lake_database, lake_of
from tests.small_world import settings_for

pytestmark = pytest.mark.lab

BUDGET = 300


def counts_of(servers):
    with urllib.request.urlopen(f"http://127.0.0.1:{servers.ports.http}/lab/counts") as answer:
        return json.load(answer)


def prepared(servers, folder, **changes):
    """Settings with the sightings of the world's last day, and nothing looked up."""
    limits = {
        "registration_budget": BUDGET,
        "tls_budget": 20,
        "network_budget": 20,
        "crtsh_budget": 20,
        "lookup_timeout_seconds": 1.0,
        "endpoint_pause_seconds": 2.0,
        "endpoint_patience_seconds": 4.0,
        "answer_limit_bytes": 1 << 18,
    } | changes
    settings = settings_for(servers, folder / "data").model_copy(update=limits)
    collect.run(settings, servers.days[-1])
    return settings


def rows(settings, day, sql):
    with lake_database(settings, since=day, until=day) as con:
        return con.sql(sql).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory):
    """A day enriched while everything of page 6 goes wrong, and then enriched again."""
    folder = tmp_path_factory.mktemp("spoiled")
    every, few = all_lookup_faults(0.08), all_lookup_faults(0.01)  # of DNS few: each name is asked for, and waits
    spoilt = [fault for fault in every.lookups if fault.protocol != "dns"] + list(few.of("dns"))
    faults = Faults(lookups=tuple(spoilt), limits=every.limits)
    with serving("small", 1, folder / "lab", faults=faults, dns="built-in") as servers:
        settings, day = prepared(servers, folder, endpoint_rate=200.0), servers.days[-1]
        first = enrich.run(settings, day)
        between = counts_of(servers)
        second = enrich.run(settings, day)
        yield settings, day, first, second, between, counts_of(servers)


def test_every_name_and_every_look_up_has_its_row(spoiled):
    settings, day, first, *_ = spoiled
    (counts,) = rows(
        settings,
        day,
        """SELECT (SELECT count(DISTINCT domain) FROM sighting) AS names,
                  (SELECT count(DISTINCT domain) FROM lookup WHERE kind = 'dns') AS resolved,
                  (SELECT count(*) FROM hosting) AS hosted,
                  (SELECT count(DISTINCT domain) FROM lookup WHERE kind IN ('rdap', 'whois')
                       AND outcome <> 'skipped_budget' AND contains(domain, '.')) AS looked_up""",
    )
    assert counts["names"] == counts["resolved"] == counts["hosted"]
    (dns,) = rows(
        settings, day, "SELECT avg(CAST(outcome IN ('ok', 'not_found') AS INT)) AS share FROM lookup WHERE kind = 'dns'"
    )
    assert dns["share"] > 0.9  # those that were not spoiled
    assert counts["looked_up"] == first.found["registered"] == BUDGET
    assert {row["outcome"] for row in rows(settings, day, "SELECT DISTINCT outcome FROM lookup")} <= set(Outcome)


def test_all_kinds_of_failures_were_met_and_most_names_have_a_record_still(spoiled):
    settings, day, *_ = spoiled
    met = {(row["kind"], row["outcome"]) for row in rows(settings, day, "SELECT DISTINCT kind, outcome FROM lookup")}
    assert {outcome for kind, outcome in met if kind == "dns"} >= {"server_failure", "timeout", "malformed"}
    assert len({outcome for kind, outcome in met if kind == "rdap"} - {"ok", "not_found", "no_endpoint"}) >= 4
    (found,) = rows(settings, day, "SELECT count(DISTINCT domain) AS domains FROM registration")
    assert found["domains"] > 0.6 * BUDGET


def test_no_answer_about_another_domain_and_no_private_host_is_believed(spoiled):
    settings, day, *_ = spoiled
    texts = rows(settings, day, "SELECT domain, registrar, reseller, nameservers FROM registration")
    assert not [row for row in texts if any(sign in str(row) for sign in ("\\x1b", "\\u202e", "\x1b", "\u202e"))]
    asked = rows(settings, day, "SELECT endpoint, outcome FROM lookup WHERE endpoint LIKE '%169.254.%'")
    assert {row["outcome"] for row in asked} <= {"timeout", "unreachable"}  # the lab's settings allow private hosts


def test_no_ban_is_earned_twice_and_a_second_run_asks_nothing_that_was_answered(spoiled):
    *_, first, second, between, after = spoiled
    assert all(count["bans"] <= 1 for count in after["endpoints"].values())
    assert second.found["outcomes"]["dns"] == first.found["outcomes"]["dns"]
    more = {
        name: after["endpoints"][name]["queries"] - count["queries"] for name, count in between["endpoints"].items()
    }
    assert sum(more.values()) < 0.1 * sum(count["queries"] for count in between["endpoints"].values())


def test_a_rate_that_is_known_is_kept_and_nobody_complains(tmp_path):
    """Endpoints that bear 30 look-ups a second and three at once, and we were told so."""
    allowed = tuple(Limit(f"{kind}/*", per_second=30, at_once=3, ban_after=1) for kind in ("rdap", "whois"))
    with serving("small", 1, tmp_path / "lab", faults=Faults(limits=allowed)) as servers:
        agreed = {"endpoint_rate": 25.0, "endpoint_concurrency": 3, "registration_budget": 120}
        settings, day = prepared(servers, tmp_path, **agreed), servers.days[-1]
        enrich.run(settings, day)
        counted = counts_of(servers)["endpoints"]
    assert sum(count["queries"] for count in counted.values()) > 120
    assert [name for name, count in counted.items() if count["throttled"] or count["bans"]] == []
    assert max(count["most_at_once"] for count in counted.values()) <= 3
    assert lake_of(settings).files("lookup", day, day)
