"""STIX 2.1 objects, each by itself: the marking, who says it, and what was observed.

What belongs here: one function an object, with the identity that it has in every export. What doesn't: which objects
tell a cluster (`stix_bundle`).

The marking is TLP 2.0 as the OASIS extension defines it (cti-stix-common-objects, "TLP 2.0"; ids and `created` are
fixed there): the marking objects that STIX 2.1 itself names are those of TLP 1.0.
Texts from outside go in as printable text of bounded length; names, addresses and digests are exact.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
from typing import Any

from stix2 import v21

from churn.markings import Tlp, printable
from churn.share.identities import lasting_stix_uuid
from churn.share.records import NOT_ALLEGED, Certificate, Network

Thing = dict[str, Any]
"""A STIX object as JSON values."""

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_IDS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_BEGINNING = "2020-01-01T00:00:00.000Z"
"""`created` of who reports: one instant for good, since the object never changes but for its name, which is its id."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"[0-9a-f]{1,64}")


def marking(tlp: Tlp) -> Thing:
    """The marking definition of a TLP 2.0 label."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": _TLP_IDS[tlp],
        "created": "2022-10-01T00:00:00.000Z",
        "name": tlp.value,
        "extensions": {
            TLP_EXTENSION: {
                "extension_type": "property-extension",
                "tlp_2_0": tlp.value.removeprefix("TLP:").lower(),
            }
        },
    }


def reporter(organisation: str, tlp: Tlp) -> Thing:
    """The organisation that says all this."""
    name = printable(organisation)
    return as_thing(
        v21.Identity(
            id=f"identity--{lasting_stix_uuid('identity', name)}",
            created=_BEGINNING,
            modified=_BEGINNING,
            name=name,
            identity_class="organization",
            object_marking_refs=[_TLP_IDS[tlp]],
        )
    )


def not_alleged() -> Thing:
    """The marking of domains that nobody reported: a statement, which goes with the object wherever that is taken."""
    told = f"{NOT_ALLEGED[0].upper()}{NOT_ALLEGED[1:]}: on no reported list."
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{lasting_stix_uuid('marking', told)}",
        "created": _BEGINNING,
        "name": NOT_ALLEGED,
        "definition_type": "statement",
        "definition": {"statement": told},
    }


def domain_name(domain: str, tlp: Tlp, *, reported: bool) -> Thing:
    """A domain, as A-labels, and marked where nobody reported it."""
    marks = [_TLP_IDS[tlp]] if reported else [_TLP_IDS[tlp], not_alleged()["id"]]
    return as_thing(v21.DomainName(value=domain, object_marking_refs=marks))


def address(text: str, tlp: Tlp) -> Thing:
    """An IPv4 or IPv6 address."""
    kind = v21.IPv4Address if ipaddress.ip_address(text).version == 4 else v21.IPv6Address
    return as_thing(kind(value=text, object_marking_refs=[_TLP_IDS[tlp]]))


def autonomous_system(network: Network, tlp: Tlp) -> Thing:
    """A network by its number."""
    named = {"name": printable(network.name)} if network.name and network.name.strip() else {}
    return as_thing(v21.AutonomousSystem(number=network.number, object_marking_refs=[_TLP_IDS[tlp]], **named))


def certificate(seen: Certificate, tlp: Tlp) -> Thing | None:
    """A certificate by its digest and serial number, without the names in it; None where neither is well formed."""
    sha256, serial = (seen.sha256 or "").lower(), (seen.serial or "").lower()
    told: Thing = {}
    if _SHA256.fullmatch(sha256):
        told["hashes"] = {"SHA-256": sha256}
    if _HEX.fullmatch(serial):
        told["serial_number"] = serial
    if not told:
        return None
    if seen.issuer and seen.issuer.strip():
        told["issuer"] = printable(seen.issuer, 500)
    for name, instant in (("validity_not_before", seen.not_before), ("validity_not_after", seen.not_after)):
        if instant is not None:
            told[name] = instant
    return as_thing(v21.X509Certificate(**told, object_marking_refs=[_TLP_IDS[tlp]]))


def midnight(day: dt.date) -> str:
    """The start of a day as a STIX timestamp."""
    return f"{day.isoformat()}T00:00:00.000Z"


def as_thing(made: Any) -> Thing:
    """An object of the library as JSON values."""
    thing: Thing = json.loads(made.serialize())
    return thing
