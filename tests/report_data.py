"""A small published database for the report's tests: a case, an innocent batch, hostile text, and a quiet past.

Written through the lake and published like a real day's; nothing here is read by the product.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from churn.settings import Settings
from churn.store.database import lake_of
from churn.store.ledger import append
from churn.store.warehouse import publish

DAYS = [dt.date(2026, 3, 6), dt.date(2026, 3, 7), dt.date(2026, 3, 8)]
TODAY = DAYS[-1]
CASE, BATCH, OLD, HOSTILE = "c-case", "c-batch", "c-old", "c-hostile"
NASTY = "<script>alert(1)</script>\"'&=1+1|`*_[x](http://evil.test/)\u202egnp.exe\x1b[31m"
FORMULA = '=HYPERLINK("http://evil.test","x")'
TEMPLATE = "w-d5-w.comlab"
HABIT, VARIANT = "noise2-5.test", "noise2-6.test"
"""Siblings of the case that are not its members."""
LEFT, PARTED, LATE, JOINED = "past18.comlab", "past19.comlab", "past7.comlab", ["past20.comlab", "past21.comlab"]
"""Of the old cluster: in none any more, in the hostile one now, reported today, new to it."""
MOVED, HELD = [f"past{i}.comlab" for i in range(4)], "past1.comlab"
"""Of the old cluster: at another address today, and on hold."""
REGISTRARS = [("Alpha Names Ltd", 9001), ("Beta.Registrar.test GmbH", 9002), (NASTY, 9003)]


def settings_for(folder: Path) -> Settings:
    return Settings(data=folder / "data", clock="day")


def at(day: dt.date, hour: int = 8, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute, tzinfo=dt.UTC))


def case_domains(size: int) -> list[str]:
    names = [f"shop-{i:05d}-deal.{('comlab', 'netlab', 'shoplab')[i % 3]}" for i in range(size)]
    return [*names[:-1], "xn--bcher-kva.comlab"]


def build(folder: Path, case: int = 300, more_bursts: int = 0) -> Settings:
    """Write three days and publish them; `more_bursts` adds clusters of `case` members with a burst each."""
    settings = settings_for(folder)
    lake = lake_of(settings)
    clusters = {CASE: case_domains(case), BATCH: [f"resale{i}.netlab" for i in range(60)]}
    clusters |= {f"c-{n:03d}": [f"brand{n}-{i}.comlab" for i in range(case)] for n in range(more_bursts)}
    clusters[HOSTILE] = [f"odd{i}.example" for i in range(3)]
    old = [f"past{i}.comlab" for i in range(22)]
    reported = {name for key, names in clusters.items() if key != BATCH for name in names[::4]} | {*old[:5], LATE}

    for index, day in enumerate(DAYS):
        background = [f"noise{index}-{i}.test" for i in range(150 + 10 * index)]
        born = background + (old if index == 0 else [])
        listed = [f"noise{index}-{i}.test" for i in range(4)] + (old[:5] if index == 1 else [])
        if day == TODAY:
            born += [name for names in clusters.values() for name in names]
            listed += sorted(reported - set(old[:5]))
        _sightings(settings, day, born, listed)
        _feeds(settings, day, len(born), len(listed))
    _facts(settings, clusters | {OLD: old})
    for day in DAYS[1:]:
        members = {OLD: old[:20]}
        if day == TODAY:
            members = clusters | {OLD: [*old[:18], *JOINED], HOSTILE: [*clusters[HOSTILE], PARTED]}
        _clusters(settings, day, members, reported if day == TODAY else reported - {LATE})
    _siblings(settings, clusters[CASE], reported)
    _bursts(settings, clusters, reported, more_bursts)
    lake.write_rows("reject", TODAY, "lab_nrd", [
        {"feed_or_table": "lab_nrd", "day": TODAY, "line": n, "reason": f"not a name {NASTY}", "excerpt": NASTY}
        for n in (7, 9)
    ])  # fmt: skip
    _packets(settings, clusters, reported)
    publish(settings)
    return settings


def _sightings(settings, day, born, listed):
    rows = [("registered", "lab_nrd", name, None) for name in born]
    rows += [("reported", "lab_reports", name, NASTY if name.startswith("odd") else "class A") for name in listed]
    lake_of(settings).write_rows("sighting", day, "feeds", [
        {"domain": name, "fqdn": name, "kind": kind, "feed": feed, "seen_at": at(day, 9 if kind == "reported" else 1),
         "reference": f"T-{name}" if kind == "reported" else None, "label": label, "day": day}
        for kind, feed, name, label in rows
    ])  # fmt: skip


def _feeds(settings, day, born, listed):
    gates = {"lab_nrd": ("registered", born, "ok"), "lab_reports": ("reported", listed, "ok"),
             "zones": ("registered", 0, "stale" if day == TODAY else "ok")}  # fmt: skip
    lake_of(settings).write_rows("feed_day", day, "feeds", [
        {"feed": feed, "day": day, "kind": kind, "rows": rows, "new_rows": rows, "fetched_at": at(day, 6),
         "freshness_hours": 30.5 if gate == "stale" else 3.0, "gate": gate,
         "detail": NASTY if gate == "stale" else None}
        for feed, (kind, rows, gate) in gates.items()
    ])  # fmt: skip


def _facts(settings, clusters):
    registration, hosting, lookup = _moves(), _moves("hosting"), []
    certificate = [
        {"domain": name, "observed_at": at(TODAY, 12), "source": "ct", "issuer": "CN=Lab", "serial": f"{i:x}",
         "not_before": at(TODAY, 4, i % 60), "day": TODAY}
        for i, name in enumerate(clusters[CASE][::2])
    ]  # fmt: skip
    lake_of(settings).write_rows("certificate", TODAY, "enrich", certificate)
    lake_of(settings).write_rows("name_form", TODAY, "collect", [
        {"domain": name, "template": f"w-d5-w.{name.rpartition('.')[2]}", "day": TODAY} for name in clusters[CASE][:-1]
    ])  # fmt: skip
    for key, names in clusters.items():
        day = DAYS[0] if key == OLD else TODAY
        for i, name in enumerate(names):
            registrar, iana = REGISTRARS[0] if key == BATCH else REGISTRARS[i % 3]
            asked = i % 10 != 9
            if asked:
                registration.append({
                    "domain": name, "observed_at": at(day, 10), "source": "rdap", "endpoint": "rdap.lab",
                    "registrar": registrar, "registrar_iana_id": iana, "created_at": at(day, 3, i % 60), "day": day,
                })  # fmt: skip
            lookup.append({
                "domain": name, "kind": "rdap", "endpoint": "rdap.lab", "attempted_at": at(day, 10), "attempt": 1,
                "outcome": "ok" if asked else "skipped_budget", "day": day,
            })  # fmt: skip
            lookup.append({
                "domain": name, "kind": "dns", "endpoint": "127.0.0.1", "attempted_at": at(day, 9), "attempt": 1,
                "outcome": ("timeout", "not_found", "ok")[min(i % 50, 2)], "day": day,
            })  # fmt: skip
            hosting.append({
                "domain": name, "observed_at": at(day, 9), "rcode": "NOERROR", "a": [f"192.0.2.{i % 5 + 1}"],
                "aaaa": [], "ns": [f"ns1.{key}.netlab", f"ns2.{key}.netlab"], "prefix": ["192.0.2.0/24"],
                "asn": [64500], "as_name": [NASTY if key == HOSTILE else "LAB-NET"], "day": day,
            })  # fmt: skip
    for day in (DAYS[0], TODAY):
        for table, rows in (("registration", registration), ("hosting", hosting), ("lookup", lookup)):
            lake_of(settings).write_rows(table, day, "enrich", [row for row in rows if row["day"] == day])


def _moves(table="registration"):
    """Second observations, which differ from the first ones."""
    if table == "registration":
        return [
            {"domain": HELD, "observed_at": at(DAYS[0], 11), "source": "rdap", "endpoint": "rdap.lab",
             "registrar": REGISTRARS[1][0], "registrar_iana_id": 9002, "created_at": at(DAYS[0], 3, 1),
             "status": ["active"], "day": DAYS[0]},
            {"domain": HELD, "observed_at": at(TODAY, 10), "source": "rdap", "endpoint": "rdap.lab",
             "registrar": REGISTRARS[1][0], "registrar_iana_id": 9002, "created_at": at(DAYS[0], 3, 1),
             "status": ["client hold"], "day": TODAY},
        ]  # fmt: skip
    return [
        {"domain": name, "observed_at": at(TODAY, 9), "rcode": "NOERROR", "a": ["203.0.113.9"], "aaaa": [],
         "ns": [f"ns1.{OLD}.netlab", f"ns2.{OLD}.netlab"], "prefix": ["203.0.113.0/24"], "asn": [64500],
         "as_name": ["LAB-NET"], "day": TODAY}
        for name in MOVED
    ]  # fmt: skip


def _siblings(settings, case, reported):
    rows = [(name, round(0.99 - i / 1000, 3), "member") for i, name in enumerate(case) if name not in reported]
    rows += [(HABIT, 0.8, "habit"), (VARIANT, 0.3, "variant")]
    lake_of(settings).write_rows("sibling", TODAY, "burst", [
        {"day": TODAY, "cluster_id": CASE, "domain": name, "probability": probability, "basis": basis}
        for name, probability, basis in rows
    ])  # fmt: skip


def _clusters(settings, day, clusters, reported):
    days, members, links = [], [], []
    for key, names in clusters.items():
        told = [name for name in names if name in reported]
        days.append({
            "day": day, "cluster_id": key, "size": len(names),
            "new_members": len(names) if key != OLD else len(JOINED) if day == TODAY else 0,
            "reported_members": len(told), "registrars": [REGISTRARS[0][0]], "tlds": ["comlab"], "confidence": 0.93,
            "name": NASTY if key == HOSTILE else f"{key} shop deal", "pattern": "w-99999-w",
            "first_day": DAYS[1] if key in {OLD, HOSTILE} else day,
            "last_activity_day": DAYS[1] if key == OLD else day,
        })  # fmt: skip
        for i, name in enumerate(names):
            members.append({
                "day": day, "cluster_id": key, "domain": name, "role": "attached" if i % 20 == 19 else "core",
                "score": 0.99 - (i % 30) / 100, "reported": name in reported, "holds_without_strongest": i % 10 != 0,
            })  # fmt: skip
            ledger = [
                ("infrastructure", "name_servers", f"ns1.{key}.netlab ns2.{key}.netlab", len(names) + 7, "hosting"),
                ("infrastructure", "address", f"192.0.2.{i % 5 + 1}", 300, "hosting"),
                ("registration", "created_minute", f"9001 2026-03-08T03:{i % 60:02d}", 12, "registration"),
            ]
            if key == HOSTILE:
                ledger.append(("name", "moon_phase", NASTY, 3, "sighting"))
            links += [
                {"day": day, "cluster_id": key, "domain": name, "family": family, "field": field, "value": value,
                 "domains_with_value": count, "in_cluster": len(names), "weight": 7.5, "source": source,
                 "observed_at": at(day, 9)}
                for family, field, value, count, source in ledger
                if i or field != "name_servers"  # the first one has them too, and is held by the others
            ]  # fmt: skip
    lake = lake_of(settings)
    lake.write_rows("cluster_day", day, "link", days)
    lake.write_rows("cluster_member", day, "link", members)
    lake.write_rows("link", day, "link", links)
    if day == TODAY:
        lake.write_rows("lineage", day, "link", [
            {"day": day, "cluster_id": OLD, "related_id": OLD, "relation": "continues", "shared_domains": 18},
            {"day": day, "cluster_id": CASE, "related_id": OLD, "relation": "hops", "shared_domains": 4},
        ])  # fmt: skip


def _bursts(settings, clusters, reported, more):
    def burst(kind, key, names, expected, q, story):
        return {
            "day": TODAY, "burst_id": f"b-{key}-{kind}", "kind": kind, "cluster_id": key, "scope": None,
            "observed": len(names), "expected": expected, "p_value": q / 10, "q_value": q, "story": story,
            "window_start": at(TODAY, 0), "window_end": at(TODAY, 23),
            "reported_members": len(set(names) & reported), "_names": names,
        }  # fmt: skip

    case, batch = clusters[CASE], clusters[BATCH]
    told = [name for name in case if name in reported]
    rows = [
        burst("listing", CASE, told, 0.31, 1e-40, f"{len(told)} of the {len(case)} domains were reported in one day."),
        burst("registration", CASE, case, 2.5, 1e-90, f"Registered in one day; see {case[0]}."),
        burst("registration", BATCH, batch, 4.0, 0.0, "A reseller's batch."),
        burst("growth", HOSTILE, [*clusters[HOSTILE], PARTED], 0.5, 0.004, NASTY),
    ]
    built = [name for name in case[:-1] if name.endswith(".comlab")]
    rows.append(burst("registration", None, built, 7.0, 1e-5, f"Names built alike ({TEMPLATE}).") | {"scope": TEMPLATE})
    rows += [burst("listing", f"c-{n:03d}", clusters[f"c-{n:03d}"][::4], 1.0, 1e-9, "More.") for n in range(more)]
    lake = lake_of(settings)
    lake.write_rows("burst", TODAY, "burst", [{k: v for k, v in r.items() if k != "_names"} for r in rows])
    lake.write_rows("burst_member", TODAY, "burst", [
        {"day": TODAY, "burst_id": r["burst_id"], "domain": name} for r in rows for name in r["_names"]
    ])  # fmt: skip


def _packets(settings, clusters, reported):
    for name, iana in REGISTRARS:
        mine = [d for i, d in enumerate(clusters[CASE]) if REGISTRARS[i % 3][1] == iana]
        packet = f"p-{TODAY}-{iana}"
        append(settings, "packet", TODAY, packet, [
            {"day": TODAY, "packet_id": packet, "scope": "registrar", "key": str(iana), "recipient": name,
             "written_at": at(TODAY, 23), "path": f"{TODAY}/{iana}"}
        ])  # fmt: skip
        append(settings, "packet_item", TODAY, packet, [
            {"day": TODAY, "packet_id": packet, "domain": d, "cluster_id": CASE,
             "state": "new" if d in reported else "not_alleged"}
            for d in mine
        ])  # fmt: skip
    lake_of(settings).write_rows("contact", TODAY, "packets", [
        {"day": TODAY, "scope": "registrar", "key": "9001", "email": ["abuse@alpha.test"], "source": "registrar_rdap",
         "confidence": 1.0}
    ])  # fmt: skip
