"""Real RDAP answers: each is read or refused, facts agree with independent readings, and no contact leaks."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest
import yaml

from churn.enrich.bootstrap import read_address_servers, read_servers, registrar_base, server_for, server_for_address
from churn.enrich.meaning.crtsh import read_crtsh
from churn.enrich.meaning.rdap import parse_rdap, read_rdap
from churn.enrich.meaning.rdap_network import read_rdap_network
from churn.enrich.meaning.whois import read_whois
from churn.errors import TerminalError
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

pytestmark = pytest.mark.corpora

HASHES = Pseudonymiser(b"k" * 32)
CUSTOMER = {"registrant", "administrative", "technical", "billing"}


@pytest.fixture(scope="module")
def bodies(corpora):
    """Every body of the three corpora by where it stands: files, and what is inside recorded sessions."""
    found = {}
    for source in ("icann-rdap", "openrdap", "meeb-whoisit"):
        for path in sorted((corpora / "rdds" / source).rglob("*")):
            name = path.relative_to(corpora / "rdds").as_posix()
            if path.suffix == ".yaml":
                for number, item in enumerate(yaml.load(path.read_text(), yaml.CSafeLoader)["responses"]):
                    found[f"{name}#{number}"] = item["response"]["body"].encode()
            elif path.suffix == ".golden":
                found[name] = path.read_bytes().partition(b"--- stdout ---\n")[2].partition(b"--- stderr")[0]
            elif path.is_file():
                found[name] = path.read_bytes()
    return found


def loaded(raw):
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def is_a(raw, kind):
    body = loaded(raw)
    return body is not None and body.get("objectClassName") == kind


def test_every_body_is_read_or_refused(bodies):
    outcomes = Counter()
    for name, raw in bodies.items():
        outcome, record, detail = parse_rdap(raw, None, HASHES)
        outcomes[outcome] += 1
        assert (outcome is Outcome.OK) == (record is not None) == is_a(raw, "domain"), name
        assert record is not None or detail, name
        found = read_rdap_network(raw, "192.0.2.1")
        assert (found.outcome is Outcome.WRONG_SUBJECT) == is_a(raw, "ip network"), name
    assert outcomes[Outcome.OK] >= 15
    assert outcomes[Outcome.SERVER_FAILURE] == 1  # RIPE's 501
    assert set(outcomes) == {Outcome.OK, Outcome.MALFORMED, Outcome.SERVER_FAILURE}


def naive(body):
    """Facts of a well-formed domain object, read without a thought."""
    entities = body.get("entities", [])
    registrar = next((e for e in entities if "registrar" in e.get("roles", [])), {})
    desk = next((e for e in registrar.get("entities", []) if "abuse" in e["roles"]), {})
    events = {event["eventAction"]: event["eventDate"] for event in body.get("events", [])}
    values = {name: dict(reversed([(p[0], p[3]) for p in who.get("vcardArray", [0, []])[1]]))
              for name, who in (("registrar", registrar), ("desk", desk))}  # fmt: skip
    ids = [item["identifier"] for item in registrar.get("publicIds", []) if item["type"] == "IANA Registrar ID"]
    return {
        "domain": body["ldhName"].lower(),
        "handle": body.get("handle"),
        "registrar": values["registrar"].get("fn") or values["registrar"].get("org"),
        "registrar_iana_id": int(ids[0]) if ids else None,
        "created_at": events.get("registration"),
        "expires_at": events.get("expiration"),
        "updated_at": events.get("last changed") or events.get("last update"),
        "nameservers": sorted(server["ldhName"].lower() for server in body.get("nameservers", [])),
        "abuse_email": values["desk"].get("email"),
    }


def test_facts_agree_with_a_naive_reading(bodies):
    for name, raw in bodies.items():
        if not is_a(raw, "domain"):
            continue
        record, expected = parse_rdap(raw, None, HASHES)[1], naive(loaded(raw))
        for column in ("created_at", "expires_at", "updated_at"):
            moment = record[column] and record[column].strftime("%Y-%m-%dT%H:%M:%S")
            assert moment == (expected[column] and expected[column][:19]), (name, column)  # all of them are in UTC
        for column in ("domain", "handle", "registrar", "abuse_email"):
            assert record[column] == expected[column], (name, column)
        assert (record["nameservers"] or []) == expected["nameservers"], name
        if expected["registrar_iana_id"]:
            assert record["registrar_iana_id"] == expected["registrar_iana_id"], name


@pytest.mark.parametrize("domain", ["home.moscow", "lemonde.fr", "microsoft.click"])
def test_facts_agree_with_what_another_client_shows(corpora, domain):
    folder = corpora / "rdds/icann-rdap/icann-rdap-client/src/test_files"
    shown = {}
    for line in (folder / f"{domain}-expected.gtld").read_text().splitlines():
        label, _, value = line.partition(": ")
        shown.setdefault(label, []).append(value.strip())
    record = parse_rdap((folder / f"{domain}.json").read_bytes(), domain, HASHES)[1]
    for label, column in {
        "Creation Date": "created_at",
        "Updated Date": "updated_at",
        "Registry Expiry Date": "expires_at",
    }.items():
        assert record[column].strftime("%Y-%m-%dT%H:%M:%S") == shown[label][0][:19]
    assert record["nameservers"] == sorted(shown["Name Server"])
    assert record["registrar"] == shown["Registrar"][0]
    assert record["abuse_email"] == shown.get("Registrar Abuse Contact Email", [None])[0]
    if "Registrar IANA ID" in shown:
        assert record["registrar_iana_id"] == int(shown["Registrar IANA ID"][0])
    assert record["registrant_country"] == shown.get("Registrant Country", [None])[0]
    email = shown.get("Registrant Email", [None])[0]
    assert record["registrant_email_hash"] == HASHES.hash("registrant_email", email)
    organisation = shown.get("Registrant Organization", [None])[0]
    assert record["registrant_org_hash"] == HASHES.hash("registrant_org", organisation)
    assert record["status"] == sorted(
        "".join((text.split()[0], *(word.title() for word in text.split()[1:])))
        for text in shown["Domain Status"]
        if "recover" not in text  # which is no status of EPP
    )


def test_withheld_registrants_of_real_answers(bodies):
    folder = "icann-rdap/icann-rdap-client/src/test_files"
    real = ("home.moscow.json", "microsoft.click.json")
    for name in (*(f"{folder}/{file}" for file in real), "meeb-whoisit/tests/responses/domain-1.yaml#6"):
        record = parse_rdap(bodies[name], None, HASHES)[1]
        assert record["redacted"] is True
        assert record["registrant_email_hash"] is record["registrant_hash"] is record["registrant_phone_hash"] is None
    for name in ("example-1_empty_value", "example-2_partial_value", "example-2_partial_value-expected"):
        record = parse_rdap(bodies[f"{folder}/md/redacted/{name}.json"], None, HASHES)[1]
        assert (record["redacted"], record["registrant_hash"]) == (True, None)


def test_malformed_cards_of_real_tests_in_each_place(bodies):
    cards = {name: raw for name, raw in bodies.items() if "/jcard/" in name}
    assert len(cards) >= 12
    for name, raw in cards.items():
        card = (loaded(b'{"x":' + raw + b"}") or {"x": "broken"})["x"]
        desk = {"roles": ["abuse"], "vcardArray": card}
        registrar = {"roles": ["registrar"], "vcardArray": card, "entities": [desk]}
        entities = [registrar, {"roles": ["registrant"], "vcardArray": card}]
        body = json.dumps({"objectClassName": "domain", "ldhName": "shop.example", "entities": entities})
        outcome, record, _ = parse_rdap(body.encode(), "shop.example", HASHES)
        assert outcome is Outcome.OK, name
        well = name.endswith("example.json")
        assert (record["registrar"], record["abuse_email"]) == (
            ("Simon Perreault", "simon.perreault@viagenie.ca") if well else (None, None)
        ), name


def entities_of(body):
    for entity in body.get("entities", []):
        yield entity
        yield from entities_of(entity)


def test_no_contact_leaks_between_real_answers_whatever_the_order(bodies):
    raws = list(bodies.items())
    alone = {name: parse_rdap(raw, None, HASHES) for name, raw in raws}
    for seed in range(5):
        random.Random(seed).shuffle(raws)
        for name, raw in raws:
            assert parse_rdap(raw, None, HASHES) == alone[name]
    for name, raw in raws:
        record = alone[name][1] or {}
        desks = [e for e in entities_of(loaded(raw) or {}) if "abuse" in e.get("roles", [])]
        for column in ("abuse_email", "abuse_phone", "abuse_url"):
            value = record.get(column)
            assert value is None or value.lower() in json.dumps(desks).lower(), (name, column)
        assert not [desk for desk in desks if record.get("abuse_email") and set(desk["roles"]) & CUSTOMER], name


def test_no_contact_leaks_between_real_answers_of_both_protocols(corpora, bodies):
    folder = corpora / "rdds/bytevader-structly/tests/samples/whois"
    answers = [(read_whois, path.read_bytes()) for path in sorted(folder.glob("*.txt"))]
    answers += [(read_rdap, raw) for raw in bodies.values()]
    alone = [read(raw, None, HASHES) for read, raw in answers]
    order = list(range(len(answers)))
    random.Random(7).shuffle(order)
    for place in order:
        read, raw = answers[place]
        assert read(raw, None, HASHES) == alone[place]
        record = alone[place].record or {}
        for column in ("abuse_email", "abuse_phone", "abuse_url"):
            value = record.get(column)
            text = raw.decode("utf-8", "replace").replace("\\/", "/").lower()
            assert value is None or value.lower() in text, (raw[:80], column)
    assert sum(bool((reading.record or {}).get("abuse_email")) for reading in alone) > 10


NETWORKS = {
    "data_rdap_response_cidr_v4.json": ("1.1.1.9", "1.1.1.0/24", "apnic", "helpdesk@apnic.net", "AU"),
    "data_rdap_response_cidr_v6.json": ("2001:4860::1", "2001:4860::/32", "arin", "network-abuse@google.com", None),
    "data_rdap_response_ip_v4_2.json": ("130.59.31.80", "130.59.0.0/16", "ripe", "abuse@switch.ch", "CH"),
    "data_rdap_response_ip_v4_3.json": ("13.107.1.1", "13.104.0.0/14", "arin", "abuse@microsoft.com", None),
    "responses/ip-v6-1.yaml#5": ("2606:4700:4700::1111", "2606:4700::/32", "arin", "abuse@cloudflare.com", None),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_real_networks(bodies, name):
    address, prefix, registry, email, country = NETWORKS[name]
    record = read_rdap_network(bodies[f"meeb-whoisit/tests/{name}"], address).record
    found = (record["prefix"], record["registry"], record["abuse_email"], record["country"])
    assert found == (prefix, registry, email, country)
    assert record["name"]


def test_bootstrap_files_are_read_or_refused(bodies, corpora):
    folder = "openrdap/test/testdata"
    for name, count in {"bootstrap/dns.json": 3, "bootstrap_malformed/dns_bad_services.json": 3}.items():
        assert len(read_servers(bodies[f"{folder}/{name}"])) == count
    for name in ("bootstrap_malformed/dns_empty.json", "bootstrap_malformed/dns_syntax_error.json"):
        with pytest.raises(TerminalError, match="bootstrap"):
            read_servers(bodies[f"{folder}/{name}"])
    with pytest.raises(TerminalError, match="bootstrap"):
        read_servers(bodies[f"{folder}/bootstrap_http_error/404.html"])
    whole = read_servers((corpora / "reference/iana/rdap-bootstrap-dns_icann-rct.json").read_bytes())
    assert len(whole) == 1165
    assert server_for(whole, "shop.com") == "https://rdap.verisign.com/com/v1/"
    networks = read_address_servers((corpora / "reference/iana/rdap-bootstrap-ipv4_openrdap.json").read_bytes())
    assert server_for_address(networks, "41.2.3.4") == "https://rdap.afrinic.net/rdap/"


def test_the_shipped_registrars_are_ianas(corpora):
    rows = (corpora / "reference/iana/registrar-ids-1.csv").read_text().splitlines()
    based = [row for row in rows if row.rpartition(",")[2].startswith("http")]
    for row in based:
        base = registrar_base(int(row.partition(",")[0]))
        assert base is not None
        assert base.rstrip("/") == row.rpartition(",")[2].rstrip("/")
    assert len(based) == 3027


def test_recorded_answers_of_crtsh(corpora):
    paths = sorted((corpora / "ct/crtsh-cassettes").rglob("*.yml"))
    assert len(paths) == 4
    for path in map(Path, paths):
        for interaction in yaml.load(path.read_text(), yaml.CSafeLoader)["http_interactions"]:
            raw = interaction["response"]["body"]["string"].encode()
            outcome, records, _ = read_crtsh(raw, "crt.sh")
            told = {(e["issuer_name"], e["not_before"], e["name_value"]) for e in json.loads(raw)}
            assert outcome is Outcome.OK
            assert len(records) == min(20, len(told))
            assert all({"crt.sh", "*.crt.sh", "www.crt.sh"} & set(record["names"]) for record in records)
            starts = [record["not_before"] for record in records]
            assert starts == sorted(starts, reverse=True)
            assert read_crtsh(raw, "another.example")[0] is Outcome.WRONG_SUBJECT


def test_the_registrars_own_answer_is_the_one_that_is_followed(bodies):
    reading = read_rdap(bodies["meeb-whoisit/tests/responses/domain-1.yaml#5"], "google.com", HASHES)
    assert reading.refer == "https://rdap.markmonitor.com/rdap/domain/GOOGLE.COM"
