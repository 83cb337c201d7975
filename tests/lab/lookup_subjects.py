"""Every fault of look-ups at a domain of its own, for the tests of all of them."""

from __future__ import annotations

from churn.lab.lookup_faults import LOOKUP_FAULTS, PASSING, LookupFault
from churn.lab.records import record


class Subjects:
    """A domain for every fault, with what a test of it needs: registrars with RDAP, name servers, a certificate."""

    def __init__(self, world):
        self.world = world
        rows = [row for row in world.domains.to_pylist() if row["rcode"] == 0 and row["cert"] >= 0 and row["aaaa"] >= 0]
        names = iter(row["domain"] for row in rows if row["domain"].endswith(".comlab"))
        fit = (name for name in names if record(world, name).registrar.rdap)
        self.names = {(protocol, name): next(fit) for protocol, known in LOOKUP_FAULTS.items() for name in known}

    def faults(self):
        """Each fault at its domain; those that pass, on the first ask."""
        return tuple(
            LookupFault(protocol, name, subject=subject, asks=(1,) if (protocol, name) in PASSING else ())
            for (protocol, name), subject in self.names.items()
        )
