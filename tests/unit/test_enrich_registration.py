"""Which look-up comes next: a pure function of the tries made, so that work goes on where it stopped."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.registration import MOST_TRIES, WORTH_ANOTHER_TRY, Name, Places, Step, Try, next_step, records
from churn.outcomes import Outcome

BASE = "https://rdap.registry.example/"
PLACES = Places(
    rdap=lambda domain: BASE if domain.endswith(".shoplab") else None,
    registrar=lambda number: "https://rdap.registrar.example/" if number == 7 else None,
    whois_root="whois.root.example",
)
THICK = {"domain": "a.shoplab", "redacted": False, "registrar": "R"}
THIN = {"domain": "a.shoplab", "redacted": None, "registrar": "R", "status": ["ok"]}
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def made(step, outcome=Outcome.OK, record=None, refer=None, domain="a.shoplab"):
    row = {"domain": domain, "attempted_at": AT, "raw_sha256": f"{step.kind} {step.role}"}
    return Try(step.kind, step.role, step.endpoint, outcome, record, refer, row)


def follow(name, answer):
    """All tries of a name, in rounds, where `answer(step, tries)` is what comes of a step."""
    tries = []
    for number in range(1, MOST_TRIES + 1):
        while step := next_step(name, tries, PLACES, number):
            tries.append(answer(step, tries))
    return tries


def test_a_thick_registry_is_all_that_is_asked():
    tries = follow(Name("a.shoplab"), lambda step, _: made(step, record=THICK))
    assert [(item.kind, item.role, item.endpoint) for item in tries] == [("rdap", "registry", BASE)]


def test_a_thin_answer_leads_to_the_registrar_by_its_link_or_by_its_id():
    link = "https://else.example/rdap/domain/a.shoplab"
    for record, refer, endpoint in [
        (THIN, link, "https://else.example/rdap/"),
        (THIN | {"registrar_iana_id": 7}, None, "https://rdap.registrar.example/"),
    ]:

        def answer(step, _, record=record, refer=refer):
            thin = step.role == "registry"
            return made(step, record=record if thin else THICK | {"abuse_email": "a@b.example"}, refer=refer)

        tries = follow(Name("a.shoplab"), answer)
        assert [item.endpoint for item in tries] == [BASE, endpoint]
        (row,) = records(tries)
        assert (row["redacted"], row["abuse_email"], row["status"]) == (False, "a@b.example", ["ok"])
        assert (row["endpoint"], row["raw_sha256"], row["source"]) == (BASE, "rdap registry", "rdap")


def test_a_link_to_the_same_answer_is_not_followed():
    same = f"{BASE}domain/A.SHOPLAB"
    assert len(follow(Name("a.shoplab"), lambda step, _: made(step, record=THIN, refer=same))) == 1


def test_absence_is_believed_and_a_failure_only_after_three_tries():
    assert len(follow(Name("a.shoplab"), lambda step, _: made(step, Outcome.NOT_FOUND))) == 1
    rounds = []
    for number in range(1, MOST_TRIES + 1):
        tries = [made(Step("rdap", "registry", BASE, ""), Outcome.RATE_LIMITED)] * (number - 1)
        rounds.append(next_step(Name("a.shoplab"), tries, PLACES, number).kind)
        tries = [*tries, made(Step("rdap", "registry", BASE, ""), Outcome.RATE_LIMITED)]
        following = next_step(Name("a.shoplab"), tries, PLACES, number)
        assert (following and following.kind) == (None if number < MOST_TRIES else "whois")
    assert rounds == ["rdap"] * MOST_TRIES


def test_whois_goes_from_the_root_to_the_registry_to_the_registrar():
    def answer(step, _):
        refer = {"root": "whois.registry.example", "registry": "whois.registrar.example"}.get(step.role)
        record = {"registry": THIN, "registrar": THICK | {"abuse_email": "a@b.example"}}.get(step.role)
        return made(step, Outcome.NO_ENDPOINT) if step.kind == "rdap" else made(step, Outcome.OK, record, refer)

    tries = follow(Name("a.example"), answer)
    assert [item.endpoint for item in tries] == [
        None,
        "whois.root.example",
        "whois.registry.example",
        "whois.registrar.example",
    ]
    (row,) = records(tries)
    assert (row["source"], row["endpoint"], row["abuse_email"]) == (
        "whois",
        "whois.registry.example",
        "a@b.example",
    )


def test_a_second_witness_is_asked_although_the_first_one_answered_and_both_are_kept():
    def answer(step, _):
        return made(step, record=None if step.role == "root" else THICK, refer="whois.registry.example")

    tries = follow(Name("a.shoplab", witnesses=2), answer)
    assert [item.kind for item in tries] == ["rdap", "whois", "whois"]
    assert [row["source"] for row in records(tries)] == ["rdap", "whois"]


hosts = st.sampled_from(["whois.root.example", "whois.a.example", "whois.b.example", None])
links = st.sampled_from([f"{BASE}domain/a.shoplab", "https://x.example/domain/a.shoplab", "https://x.example/", None])
answers = st.tuples(st.sampled_from(list(Outcome)), st.sampled_from([THICK, THIN]), hosts, links)


@given(st.lists(answers, min_size=1, max_size=30), st.sampled_from(["a.shoplab", "a.example"]), st.integers(1, 2))
def test_whatever_is_answered_it_ends_and_nothing_settled_is_asked_again(script, domain, witnesses):
    def answer(step, tries):
        outcome, record, host, link = script[len(tries) % len(script)]
        if step.endpoint is None:
            return made(step, Outcome.NO_ENDPOINT)
        refer = link if step.kind == "rdap" else host
        is_ok = outcome is Outcome.OK
        return made(step, outcome, record if is_ok and step.role != "root" else None, refer if is_ok else None)

    tries = follow(Name(domain, witnesses), answer)
    assert len(tries) <= 7 * MOST_TRIES
    assert next_step(Name(domain, witnesses), tries, PLACES, MOST_TRIES) is None
    places = {(item.kind, item.endpoint) for item in tries}
    for place in places:
        outcomes = [item.outcome for item in tries if (item.kind, item.endpoint) == place]
        assert len(outcomes) <= MOST_TRIES
        assert all(outcome in WORTH_ANOTHER_TRY for outcome in outcomes[:-1])
    assert all(row["source"] in {"rdap", "whois"} for row in records(tries))
