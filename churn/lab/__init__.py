"""The lab: an Internet on the loopback, a seeded world served over the real protocols.

`world` puts a world together (from `scale`, `pools`, `actors`, `words`, `rows`, `background`, `groups`, `campaigns` and
`reported`). `records`, `rdap`, `rdap_networks`, `routing`, `cymru`, `whois`, `crtsh`, `feeds`, `dns_wire` and
`certificates` say what its parties answer. `web`, `whois_server`, `dns_server` and `hosts` speak the protocols, in
processes of their own (`child`). `faults`, `lookup_faults` and `lookup_limits` are what can be asked to go wrong, as
data. `serve` starts and stops it all. The pipeline knows none of it: it is pointed here by settings, and never reads
the truth.
"""

from churn.lab.faults import Faults, all_lookup_faults
from churn.lab.lookup_faults import LookupFault
from churn.lab.lookup_limits import Limit
from churn.lab.scale import WORLDS
from churn.lab.serve import LabServers, serving, write_world
from churn.lab.sockets import Ports

__all__ = [
    "WORLDS",
    "Faults",
    "LabServers",
    "Limit",
    "LookupFault",
    "Ports",
    "all_lookup_faults",
    "serving",
    "write_world",
]
