"""The formats of feeds: how each is had and how it is read. One module per format, none per provider.

name_list    one name or URL a line
csv_list     CSV by a map of columns
zone         a master file (`master_file`) compared with the last copy (`zone_changes`); `zone_visit`: many
misp         MISP events (`json_content`, `tlp`: what they have in common with STIX)
stix         STIX 2.1 bundles and TAXII envelopes (`stix_pattern`: the patterns of their indicators)
static_ct    tiles of a static-CT log
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from churn.collect.entries import Landed
from churn.collect.feeds import FormatName
from churn.collect.formats.csv_list import read_csv
from churn.collect.formats.misp import read_misp
from churn.collect.formats.name_list import read_names
from churn.collect.formats.static_ct import read_static_ct
from churn.collect.formats.stix import read_stix, read_taxii
from churn.collect.formats.zone import read_zone
from churn.collect.formats.zone_visit import read_visited
from churn.collect.transports.axfr import visit_axfr
from churn.collect.transports.ct_log import visit_log
from churn.collect.transports.czds import visit_czds
from churn.collect.transports.misp_feed import visit_misp
from churn.collect.transports.single import visit_one
from churn.collect.transports.taxii import visit_taxii
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
    "czds": Format(visit_czds, read_visited),
    "axfr": Format(visit_axfr, read_visited),
    "static-ct": Format(visit_log, read_static_ct),
    "misp": Format(visit_misp, read_misp),
    "stix": Format(visit_one, read_stix),
    "taxii": Format(visit_taxii, read_taxii),
}
