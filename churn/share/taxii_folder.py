"""A TAXII 2.1 API root as files, for any web server that hands out static JSON.

    taxii/discovery.json                    what /taxii2/ answers
    taxii/index.json                        the API root
    taxii/collections/index.json            the collections
    taxii/collections/<id>/index.json       one collection
    taxii/collections/<id>/objects/index.json     its objects (an envelope)
    taxii/collections/<id>/manifest/index.json    their ids, versions and dates

There are two collections: objects about reported domains, and apart from them objects about related ones. Whoever wants
no word of domains that nobody alleges, does not subscribe to the second. An answer is never in pages: a server of files
knows no `next`, and a client that is told of one would ask for ever. See docs/sharing.md for the server's side.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from churn.share.identities import lasting_stix_uuid
from churn.share.records import NOT_ALLEGED
from churn.share.stix_bundle import RELATED, REPORTED, StixFile
from churn.share.stix_objects import Thing, midnight

MEDIA_TYPE = "application/taxii+json;version=2.1"
_STIX = "application/stix+json;version=2.1"
_TITLES = {
    REPORTED: "Reported domains in clusters",
    RELATED: f"Unreported domains in clusters: {NOT_ALLEGED}",
}


def collection_id(standing: str) -> str:
    """The id of a collection, the same in every export."""
    return lasting_stix_uuid("taxii-collection", standing)


def taxii_files(bundles: Iterable[StixFile], day: dt.date) -> dict[str, bytes]:
    """The files of the API root by their path below it. Objects that several bundles repeat are in it once."""
    found: dict[str, dict[str, Thing]] = {standing: {} for standing in _TITLES}
    for file in bundles:
        for thing in file.bundle["objects"]:
            found[file.standing][thing["id"]] = thing
    collections = [_collection(standing) for standing in _TITLES]
    files: dict[str, Any] = {
        "discovery.json": {"title": "domain-churn", "default": "/taxii/", "api_roots": ["/taxii/"]},
        "index.json": {"title": "domain-churn", "versions": [MEDIA_TYPE], "max_content_length": 1},
        "collections/index.json": {"collections": collections},
    }
    for collection, things in zip(collections, found.values(), strict=True):
        folder = f"collections/{collection['id']}"
        files[f"{folder}/index.json"] = collection
        files[f"{folder}/objects/index.json"] = {"more": False, "objects": list(things.values())}
        entries = [_entry(thing, day) for thing in things.values()]
        files[f"{folder}/manifest/index.json"] = {"more": False, "objects": entries}
    return {name: (json.dumps(value) + "\n").encode("ascii") for name, value in files.items()}


def _collection(standing: str) -> dict[str, Any]:
    return {
        "id": collection_id(standing),
        "title": _TITLES[standing],
        "alias": standing,
        "can_read": True,
        "can_write": False,
        "media_types": [_STIX],
    }


def _entry(thing: Thing, day: dt.date) -> dict[str, Any]:
    """An object's line in the manifest; its version (TAXII 2.1): modified, else created, else when it was added."""
    added = midnight(day)
    version = thing.get("modified") or thing.get("created") or added
    return {"id": thing["id"], "date_added": added, "version": version, "media_type": _STIX}
