"""Identities that last: the same thing has the same UUID in each export, and whoever takes in both sees one thing.

A digest of what names the thing, in a namespace of this project. What the STIX specification itself names by content
(domain names, addresses, certificates) is not from here, but by its own rule (STIX 2.1, 2.9), in `stix_objects`.
"""

from __future__ import annotations

import hashlib
import json
import uuid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:domain-churn:share")


def lasting_uuid(*parts: str) -> str:
    """The UUIDv5 (RFC 9562) of what these parts name: no two lists of parts are written alike."""
    return str(uuid.uuid5(_NAMESPACE, json.dumps(parts)))


def lasting_stix_uuid(*parts: str) -> str:
    """The same in the form that STIX and TAXII want of a UUID which is no observable's: that of version 4.

    STIX 2.1 (2.9) says that such ids SHOULD be of version 4, and the OASIS validator in its strict mode refuses others.
    The 122 bits that are random there are those of a SHA-256 digest here, so they are as unlikely to meet another's.
    """
    digest = hashlib.sha256(_NAMESPACE.bytes + json.dumps(parts).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
