"""What is shared as MISP: pymisp loads it and writes it back unchanged, and correlation is left to selective values."""

from __future__ import annotations

import collections
import csv
import dataclasses
import hashlib
import json
import re
import unicodedata
from pathlib import Path

import pymisp
import pytest
from hypothesis import given, settings
from report_data import CASE, TODAY
from share_clusters import DAY, cluster, hostile_text, member, pair, small_world

from churn.markings import Tlp
from churn.settings import Settings
from churn.share.misp_event import MOST_ATTRIBUTES, feed_files, misp_events
from churn.share.misp_objects import domain_status
from churn.share.reading import read_clusters
from churn.share.records import NOT_ALLEGED
from churn.store.database import published

OUTSIDE = {"value", "info", "comment"}
NAMES = {"domain", "queried-domain", "dns_names"}
"""Relations by which an object of a domain names it."""
TEMPLATES = Path(pymisp.__file__).parent / "data" / "misp-objects" / "objects"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return small_world(tmp_path_factory)


@pytest.fixture(scope="module")
def clusters(config):
    return read_clusters(config, TODAY)


def feed(*clusters, tlp=Tlp.AMBER_STRICT):
    return feed_files([event for each in clusters for event in misp_events(each, Settings(), tlp)])


def events(files):
    """The events of a feed, as JSON values."""
    return [json.loads(body)["Event"] for name, body in files.items() if name not in {"manifest.json", "hashes.csv"}]


def attributes(event, relation=None):
    told = [attribute for each in event["Object"] for attribute in each["Attribute"]]
    return [each for each in told if relation in {None, each["object_relation"]}]


def tags(thing):
    return [tag["name"] for tag in thing.get("Tag", [])]


def test_pymisp_loads_a_feed_and_writes_it_back_unchanged(clusters):
    files = feed(*clusters)
    assert len(files) >= 4
    for event in events(files):
        loaded = pymisp.MISPEvent()
        loaded.load(json.dumps({"Event": event}))
        assert loaded.to_feed() == {"Event": event}
        again = pymisp.MISPEvent()
        again.load(loaded.to_json())
        assert again.to_feed() == {"Event": event}


def test_the_same_bytes_twice_and_uuids_that_last(clusters):
    assert feed(*clusters) == feed(*clusters)
    today, later = (events(feed(dataclasses.replace(pair(), day=day)))[0] for day in (DAY, DAY.replace(day=9)))
    found = [re.findall(r'"uuid": "([^"]+)"', json.dumps(event)) for event in (today, later)]
    assert found[0] == found[1]
    assert len(set(found[0])) == len(found[0])
    assert int(today["timestamp"]) < int(later["timestamp"]), "so that an instance takes the newer one"


def test_objects_follow_the_templates_of_misp(clusters):
    seen = collections.Counter()
    for event in events(feed(*clusters, pair())):
        for each in event["Object"]:
            template = json.loads((TEMPLATES / each["name"] / "definition.json").read_text())
            assert (each["template_uuid"], each["template_version"]) == (template["uuid"], str(template["version"]))
            relations = [attribute["object_relation"] for attribute in each["Attribute"]]
            assert set(relations) <= template["attributes"].keys()
            assert set(template.get("required", [])) <= set(relations)
            assert set(relations) & set(template["requiredOneOf"])
            for attribute in each["Attribute"]:
                assert attribute["type"] == template["attributes"][attribute["object_relation"]]["misp-attribute"]
            seen[each["name"]] += 1
    assert seen.keys() == {"domain-ip", "whois", "dns-record", "x509"}


def test_only_names_of_reported_domains_are_for_detection(config, clusters):
    with published(config) as con:
        rows = con.sql(
            "SELECT domain, reported FROM cluster_member SEMI JOIN (SELECT cluster_id FROM cluster_day "
            "WHERE day = '2026-03-08' AND reported_members > 0) USING (cluster_id) WHERE day = '2026-03-08'"
        ).fetchall()
    truth = dict(rows)
    for event in events(feed(*clusters)):
        for each in event["Object"]:
            (name,) = {a["value"] for a in each["Attribute"] if a["object_relation"] in NAMES}
            reported = truth.pop(name) if each["name"] == "domain-ip" else dict(rows)[name]
            assert each["comment"] == ("reported" if reported else NOT_ALLEGED)
            for attribute in each["Attribute"]:
                first = each["name"] == "domain-ip" and attribute["object_relation"] == "domain"
                assert attribute["to_ids"] == (reported and first)
                standing = "reported" if reported else "related-not-alleged"
                assert [f'domain-churn:standing="{standing}"'] * first == tags(attribute)[:1]
                assert (NOT_ALLEGED in attribute["comment"]) != reported
    assert truth == {}, "every member is in an event"


def test_values_that_others_have_too_do_not_correlate(config, clusters):
    everywhere, inside = collections.Counter(), collections.Counter()
    with published(config) as con:
        rows = con.sql("SELECT domain FROM cluster_member WHERE cluster_id = $1 AND day = '2026-03-08'", params=[CASE])
        members = {domain for (domain,) in rows.fetchall()}
        for domain, a, ns in con.sql("SELECT DISTINCT domain, a, ns FROM hosting").fetchall():
            for value in {*a, *ns}:
                everywhere[value] += 1
                inside[value] += domain in members
    (event,) = [each for each in events(feed(*clusters)) if CASE in each["info"]]
    seen = set()
    for relation in ("ip", "a-record", "ns-record"):
        for attribute in attributes(event, relation):
            value = attribute["value"]
            assert attribute["disable_correlation"] == (2 * inside[value] < everywhere[value]), value
            seen.add(attribute["disable_correlation"])
    assert seen == {True, False}
    for relation in ("registrar", "creation-date", "text", "first-seen"):
        assert {each["disable_correlation"] for each in attributes(event, relation)} <= {True}
    assert {each["disable_correlation"] for each in attributes(event, "domain")} == {False}


def test_a_large_cluster_goes_on_in_events_that_extend_the_first():
    many = cluster(*(member(f"m{n}.test", number=n) for n in range(560)))
    parts = sorted(events(feed(many)), key=lambda event: event["extends_uuid"])
    counts = [len(attributes(event)) for event in parts]
    assert len(parts) == 2
    assert max(counts) <= MOST_ATTRIBUTES < sum(counts)
    assert [event["extends_uuid"] for event in parts] == ["", parts[0]["uuid"]]
    objects = [each for event in parts for each in event["Object"] if each["name"] == "domain-ip"]
    names = [each["Attribute"][0]["value"] for each in objects]
    assert sorted(names) == sorted(each.domain for each in many.members)
    assert "part 2" in parts[1]["info"]


def test_manifest_and_hashes_are_of_the_events(clusters):
    files = feed(*clusters)
    manifest = json.loads(files["manifest.json"])
    assert {f"{key}.json" for key in manifest} | {"manifest.json", "hashes.csv"} == files.keys()
    hashes = {tuple(row) for row in csv.reader(files["hashes.csv"].decode().splitlines())}
    for event in events(files):
        entry = manifest[event["uuid"]]
        assert (entry["info"], str(entry["timestamp"])) == (event["info"], event["timestamp"])
        assert (entry["Orgc"], entry["Tag"]) == (event["Orgc"], event["Tag"])
        for attribute in attributes(event):
            if attribute["type"] == "datetime":
                continue  # pymisp hashes another spelling of an instant, which is nothing that one looks up
            assert (hashlib.md5(attribute["value"].encode()).hexdigest(), event["uuid"]) in hashes


@pytest.mark.parametrize("tlp", Tlp)
def test_every_event_is_tagged_by_its_marking(tlp):
    (event,) = events(feed(pair(), tlp=tlp))
    assert tags(event)[0] == tlp.value.lower()


def test_a_confirmed_cluster_is_a_completed_analysis():
    assert [events(feed(pair(verdict=verdict)))[0]["analysis"] for verdict in ("confirmed", None)] == ["2", "1"]


@pytest.mark.parametrize(
    ("status", "rcode", "said"),
    [
        ((), "NOERROR", "active"),
        (("clientHold",), "NXDOMAIN", "suspended"),
        (("serverHold", "pendingDelete"), "NXDOMAIN", "grace-period"),
        (("inactive",), "NXDOMAIN", "inactive"),
        ((), "SERVFAIL", None),
    ],
)
def test_a_status_is_said_in_the_terms_of_the_taxonomy(status, rcode, said):
    told = member("a.test")
    told = dataclasses.replace(
        told,
        registration=dataclasses.replace(told.registration, status=status),
        hosting=dataclasses.replace(told.hosting, rcode=rcode),
    )
    assert domain_status(told) == (said and f'domain-abuse:domain-status="{said}"')


def shape(value, key=""):
    """A value without the texts that come from outside, and the UUIDs that are made of them."""
    if isinstance(value, dict):
        return {name: shape(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each, key) for each in value]
    return "text" if key in OUTSIDE | {"uuid"} else value


@settings(max_examples=30)
@given(hostile_text)
def test_hostile_text_changes_nothing_but_text(text):
    plain, odd = (events(feed(pair(each)))[0] for each in ("Alpha Names", text))
    if any(c.isalpha() for c in text):
        assert shape(odd) == shape(plain)
    loaded = pymisp.MISPEvent()
    loaded.load(json.dumps({"Event": odd}))
    assert loaded.to_feed() == {"Event": odd}
    for said in re.findall(r'"(?:value|info|comment)": ("(?:[^"\\]|\\.)*")', json.dumps(odd)):
        assert len(json.loads(said)) <= 1000
        assert not {unicodedata.category(c) for c in json.loads(said)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
