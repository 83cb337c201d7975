"""The formats of feeds: how each is had and how it is read. One module per format, none per provider.

name_list    one name or URL a line
csv_list     CSV by a map of columns
zone         master files (`master_file`), compared with the last copy (`zone_changes`)
misp         MISP events
stix         STIX 2.1 bundles and TAXII envelopes
static_ct    tiles of a static-CT log
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from churn.collect.entries import Landed
from churn.collect.feeds import FormatName
from churn.collect.formats.csv_list import read_csv
from churn.collect.formats.name_list import read_names
from churn.collect.formats.static_ct import read_static_ct
from churn.collect.formats.zone import read_zone
from churn.collect.transports.ct_log import visit_log
from churn.collect.transports.single import visit_one
from churn.collect.visit import Visit


@dataclass(frozen=True, slots=True)
class Format:
    """How a feed of a format is had (`visit` lands bytes) and how one landed content of it is read (`read`)."""

    visit: Callable[[Visit], None]
    read: Callable[[Landed], None]


FORMATS: dict[FormatName, Format] = {
    "names": Format(visit_one, read_names),
    "csv": Format(visit_one, read_csv),
    "zone": Format(visit_one, read_zone),
    "static-ct": Format(visit_log, read_static_ct),
}
