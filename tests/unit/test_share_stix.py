"""What is shared as STIX 2.1: valid for the validator of OASIS, apart what must be apart, the same each time."""

from __future__ import annotations

import dataclasses
import json
import socket
import unicodedata
import uuid

import pytest
import stix2
import stix2validator
from hypothesis import given, settings
from report_data import BATCH, CASE, OLD, TODAY, at
from share_clusters import DAY, NOON, cluster, hostile_text, member, pair, small_world

from churn.markings import Tlp
from churn.settings import Settings
from churn.share.identities import lasting_stix_uuid, lasting_uuid
from churn.share.reading import read_clusters
from churn.share.records import NOT_ALLEGED, Certificate
from churn.share.stix_bundle import MOST_OBJECTS, stix_bundles
from churn.share.stix_objects import TLP_EXTENSION
from churn.share.taxii_folder import collection_id, taxii_files
from churn.store.database import lake_of, published
from churn.store.ledger import append
from churn.store.warehouse import publish

SCO_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1, 2.9
TLP_2 = {  # cti-stix-common-objects, extension-definition-specifications/tlp-2.0
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
OUTSIDE = {"name", "description", "issuer"}
"""Properties of STIX objects that hold text from outside."""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """The report's small world with certificates, networks and a verdict."""
    config = small_world(tmp_path_factory)
    lake_of(config).write_rows("certificate", TODAY, "share", [
        {"domain": "shop-00000-deal.comlab", "observed_at": at(TODAY), "source": source, "sha256": digest,
         "serial": "0a1b", "issuer": "CN=R1", "not_before": at(TODAY), "not_after": at(TODAY, 20), "day": TODAY}
        for source, digest in (("ct", None), ("tls", "cd" * 32))
    ])  # fmt: skip
    append(config, "verdict", TODAY, "old", [
        {"subject": OLD, "verdict": "confirmed", "given_by": "a", "given_at": at(TODAY), "day": TODAY}
    ])  # fmt: skip
    publish(config)
    return config


@pytest.fixture(scope="module")
def clusters(config):
    return read_clusters(config, TODAY)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """The validator has its schemas with it."""

    def refuse(*_):
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def bundles(subject, tlp=Tlp.AMBER_STRICT, **more):
    return list(stix_bundles(subject, Settings(**more), tlp))


def of_type(file, kind):
    return [thing for thing in file.bundle["objects"] if thing["type"] == kind]


def names(file):
    return {thing["value"] for thing in of_type(file, "domain-name")}


def complaints(bundle):
    """What the validator of OASIS says in its strict mode, where references must lead to what is there."""
    options = stix2validator.ValidationOptions(version="2.1", strict=True, enforce_refs=True)
    result = stix2validator.validate_instance(json.loads(json.dumps(bundle)), options)
    return [str(each) for each in [*(result.errors or []), *(result.warnings or [])]]


def test_the_validator_would_complain():
    file = bundles(pair())[0]
    broken = json.loads(json.dumps(file.bundle))
    broken["objects"] = [thing for thing in broken["objects"] if thing["type"] != "infrastructure"]
    assert complaints(broken)


def test_bundles_of_a_day_are_valid_in_strict_mode(clusters):
    files = [file for each in clusters for file in bundles(each)]
    assert len(files) >= 5
    assert {thing["type"] for file in files for thing in file.bundle["objects"]} == {
        "marking-definition", "identity", "grouping", "campaign", "infrastructure", "relationship", "domain-name",
        "ipv4-addr", "autonomous-system", "x509-certificate",
    }  # fmt: skip
    assert [said for file in files for said in complaints(file.bundle)] == []


@pytest.mark.parametrize("tlp", Tlp)
def test_everything_is_marked_by_the_tlp_2_objects_of_oasis(tlp):
    for file in bundles(pair(), tlp):
        marking, *_ = of_type(file, "marking-definition")
        assert (marking["id"], marking["name"]) == (TLP_2[tlp], tlp.value)
        assert marking["extensions"][TLP_EXTENSION]["tlp_2_0"] == tlp.value[4:].lower()
        others = [thing for thing in file.bundle["objects"] if thing["type"] != "marking-definition"]
        assert {thing["object_marking_refs"][0] for thing in others} == {TLP_2[tlp]}
        assert complaints(file.bundle) == []
        stix2.parse(file.bundle)


def test_the_members_are_those_of_the_lake_and_the_reported_stand_apart(config, clusters):
    with published(config) as con:
        rows = con.sql("SELECT cluster_id, domain, reported FROM cluster_member WHERE day = '2026-03-08'").fetchall()
    assert {each.cluster_id for each in clusters} == {c for c, _, reported in rows if reported}
    assert BATCH not in {each.cluster_id for each in clusters}, "nobody reported one of them"
    for each in clusters:
        files = bundles(each)
        for standing, reported in (("reported", True), ("related-not-alleged", False)):
            found = {name for file in files if file.standing == standing for name in names(file)}
            assert found == {domain for c, domain, told in rows if c == each.cluster_id and told == reported}
        assert {file.standing for file in files if names(file)} == {"reported", "related-not-alleged"}


def test_related_domains_belong_to_an_infrastructure_that_says_so():
    for file in bundles(pair()):
        by_id = {thing["id"]: thing for thing in file.bundle["objects"]}
        consists = [r for r in of_type(file, "relationship") if r["relationship_type"] == "consists-of"]
        (holder,) = {r["source_ref"] for r in consists if by_id[r["target_ref"]]["type"] == "domain-name"}
        assert by_id[holder]["labels"] == [file.standing]
        assert (NOT_ALLEGED in by_id[holder]["description"]) == (file.standing == "related-not-alleged")
        context = {r["source_ref"] for r in consists if by_id[r["target_ref"]]["type"] != "domain-name"}
        assert [by_id[each]["labels"] for each in context] == [["hosting-context"]]


def test_each_related_domain_is_marked_and_nothing_else(clusters):
    for file in (file for each in clusters for file in bundles(each)):
        statements = {
            thing["id"]: thing["definition"]["statement"]
            for thing in of_type(file, "marking-definition")
            if thing.get("definition_type") == "statement"
        }
        for thing in file.bundle["objects"]:
            said = [statements[ref] for ref in thing.get("object_marking_refs", []) if ref in statements]
            related = thing["type"] == "domain-name" and file.standing == "related-not-alleged"
            assert said == ["Related, not alleged: on no reported list."] * related


def test_a_confirmed_cluster_is_a_campaign_and_others_are_a_grouping():
    for verdict in ("confirmed", "watch", "benign", None):
        kind, other = ("campaign", "grouping") if verdict == "confirmed" else ("grouping", "campaign")
        file = bundles(pair(verdict=verdict))[0]
        assert (len(of_type(file, kind)), of_type(file, other)) == (1, [])
    by_id = {thing["id"]: thing for thing in bundles(pair(verdict="confirmed"))[0].bundle["objects"]}
    uses = [r for r in by_id.values() if r.get("source_ref", "").startswith("campaign--")]
    assert [by_id[r["target_ref"]]["labels"] for r in uses] == [["reported"]], "nobody else is the campaign's"


def test_observables_have_the_ids_of_the_specification():
    (file, _) = bundles(pair())
    for thing in file.bundle["objects"]:
        if thing["type"] in {"domain-name", "ipv4-addr", "ipv6-addr"}:
            key = json.dumps({"value": thing["value"]}, separators=(",", ":"))
            assert thing["id"] == f"{thing['type']}--{uuid.uuid5(SCO_NAMESPACE, key)}"
    (system,) = of_type(file, "autonomous-system")
    key = '{"number":64500}'
    assert system["id"] == f"autonomous-system--{uuid.uuid5(SCO_NAMESPACE, key)}"


def test_the_same_bundles_twice_and_ids_that_last():
    assert bundles(pair()) == bundles(pair())
    later = dataclasses.replace(pair(), day=DAY.replace(day=9))
    ids = [{t["id"] for file in bundles(each) for t in file.bundle["objects"]} for each in (pair(), later)]
    assert ids[0] == ids[1]
    assert lasting_uuid("a", "bc") != lasting_uuid("ab", "c")
    assert uuid.UUID(lasting_stix_uuid("a")).version == 4
    assert uuid.UUID(lasting_uuid("a")).version == 5


def test_a_domain_that_gets_reported_changes_sides_by_a_newer_version():
    def consists(file):
        domains = {thing["id"] for thing in of_type(file, "domain-name")}
        return next(r for r in of_type(file, "relationship") if r["target_ref"] in domains)

    before = consists(bundles(cluster(member("a.test", reported=False)))[0])
    after = consists(bundles(cluster(member("a.test", reported=True)))[0])
    assert (before["id"], before["created"]) == (after["id"], after["created"])
    assert before["modified"] < after["modified"]
    assert before["source_ref"] != after["source_ref"]


def test_no_bundle_is_too_large_and_each_stands_by_itself():
    many = cluster(*(member(f"m{n}.test", reported=n % 3 == 0, number=n) for n in range(250)))
    files = bundles(many)
    assert len(files) > 2
    for file in files:
        things = file.bundle["objects"]
        assert len(things) <= MOST_OBJECTS
        ids = {thing["id"] for thing in things}
        assert len(ids) == len(things)
        ends = {r[end] for r in of_type(file, "relationship") for end in ("source_ref", "target_ref")}
        assert ends | {g for group in of_type(file, "grouping") for g in group["object_refs"]} <= ids
    assert len(set.union(*map(names, files))) == 250


def test_a_certificate_that_two_sources_told_is_one(clusters):
    (case,) = [each for each in clusters if each.cluster_id == CASE]
    (first,) = [each for each in case.members if each.domain == "shop-00000-deal.comlab"]
    assert [c.sha256 for c in first.certificates if c.serial == "0a1b"] == ["cd" * 32]


def shape(value, key=""):
    """A value without the texts that come from outside."""
    if isinstance(value, dict):
        return {name: shape(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each, key) for each in value]
    return "text" if key in OUTSIDE else value


def texts(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=12)
@given(hostile_text)
def test_hostile_text_changes_nothing_but_text(text):
    plain, odd = (bundles(pair(each)) for each in ("Alpha Names", text))
    for one, other in zip(plain, odd, strict=True):
        bodies = [json.dumps(shape(file.bundle), sort_keys=True) for file in (one, other)]
        if text.strip() and unicodedata.normalize("NFC", text).isprintable():
            assert bodies[0] == bodies[1]
        assert [t["id"] for t in one.bundle["objects"]] == [t["id"] for t in other.bundle["objects"]]
        assert complaints(other.bundle) == []
        for said in texts(other.bundle):
            assert len(said) <= 1000
            assert not {unicodedata.category(c) for c in said} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_certificate_that_is_not_one_is_left_out():
    odd = (Certificate("<b>", "x", "zz", NOON, NOON), Certificate("AB" * 32, " ", None, NOON, None))
    told = dataclasses.replace(member("a.test"), certificates=odd)
    (file,) = bundles(cluster(told))
    (kept,) = of_type(file, "x509-certificate")
    assert kept["hashes"] == {"SHA-256": "ab" * 32}
    assert "issuer" not in kept
    assert complaints(file.bundle) == []


def test_a_taxii_root_holds_each_object_once_and_the_related_apart():
    many = cluster(*(member(f"m{n}.test", reported=n % 2 == 0, number=n) for n in range(60)))
    files = {name: json.loads(body) for name, body in taxii_files(bundles(many), DAY).items()}
    listed = files["collections/index.json"]["collections"]
    assert [each["alias"] for each in listed] == ["reported", "related-not-alleged"]
    assert [each["id"] for each in listed] == [collection_id(each["alias"]) for each in listed]
    for number, each in enumerate(listed):
        assert files[f"collections/{each['id']}/index.json"] == each
        envelope = files[f"collections/{each['id']}/objects/index.json"]
        manifest = files[f"collections/{each['id']}/manifest/index.json"]
        assert not envelope["more"]
        ids = [thing["id"] for thing in envelope["objects"]]
        assert len(set(ids)) == len(ids)
        assert [entry["id"] for entry in manifest["objects"]] == ids
        domains = {thing["value"] for thing in envelope["objects"] if thing["type"] == "domain-name"}
        assert domains == {f"m{n}.test" for n in range(60) if n % 2 == number}
