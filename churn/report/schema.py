"""The schema of report.json, made from the records: `python -m churn.report.schema > churn/report/report.schema.json`.

JSON Schema 2020-12. Every key is always there; what is not obtained is null. What doesn't belong here: the meaning of
columns, which the data dictionary tells.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from churn.markings import Tlp
from churn.report.machine import SCHEMA_VERSION
from churn.report.records import Day

_ADDED = {
    "schema_version": {"const": SCHEMA_VERSION},
    "tlp": {"enum": [tlp.value for tlp in Tlp], "description": "Traffic Light Protocol 2.0"},
    "notice": {"type": "string"},
    "sentences": {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 3,
        "maxItems": 3,
        "description": "The day in words; names in them are defanged, everywhere else they are exact",
    },
}
_ADDED_TO_CLUSTER = {
    "story": {"type": "string", "description": "The cluster in one sentence"},
    "unreported": {"type": "integer", "description": "Members that nobody has reported: related, not alleged"},
}


def report_schema() -> dict[str, Any]:
    """The schema, as JSON values."""
    schema = TypeAdapter(Day).json_schema(mode="serialization")
    definitions = schema.pop("$defs")
    schema["properties"] = _ADDED | schema["properties"]
    definitions["Cluster"]["properties"] |= _ADDED_TO_CLUSTER
    for each in (schema, *definitions.values()):
        each["additionalProperties"] = False
        each["required"] = list(each["properties"])
        for said in each["properties"].values():
            said.pop("title", None)
            said.pop("default", None)
    about = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:domain-churn:schema:report:{SCHEMA_VERSION}",
        "title": "The daily report of domain-churn, report.json",
    }
    return about | {key: value for key, value in schema.items() if key != "title"} | {"$defs": definitions}


def kept_schema() -> dict[str, Any]:
    """The schema as the package ships it."""
    kept: dict[str, Any] = json.loads((files("churn.report") / "report.schema.json").read_bytes())
    return kept


if __name__ == "__main__":
    json.dump(report_schema(), sys.stdout, indent=1)
    sys.stdout.write("\n")
