"""Who the lab's Internet is made of: registries, registrars, networks and the name-server sets and addresses they lend.

What belongs here: parties that exist before any registration. What doesn't: registrations, and how a party's server
speaks (`rdap`, `whois`, `dns_wire`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from churn.lab import words
from churn.lab.pools import NETWORK_SIZE, Pools, address_text, platform_address
from churn.lab.scale import Scale

RESERVED_TLDS = ("test", "example", "invalid")
TLDS = (
    *"""comlab netlab orglab infolab shoplab storelab onlinelab sitelab toplab xyzlab applab devlab cloudlab livelab
    clublab spacelab funlab bizlab worldlab todaylab newslab agencylab medialab grouplab linklab clicklab vipliblab
    icelab winlab cyoulab sbslab""".split(),
    *RESERVED_TLDS,
    *"xalab xblab xclab qmlab zzlab xnlab".split(),  # like country codes: ISO 3166 keeps these letters free for users
)
THIN = ("comlab", "netlab")
WHOIS_ONLY = {"xblab": "ripe", "xclab": "blocks", "qmlab": "ripe", "zzlab": "blocks"}


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry of one TLD. A thick one knows the registrant, a thin one refers to the registrar."""

    tld: str
    kind: Literal["thick", "thin", "whois"]
    layout: Literal["gtld", "ripe", "blocks"]
    whois_host: str
    address: str


@dataclass(frozen=True, slots=True)
class Registrar:
    """A sponsoring registrar. `ns` and `parking` are numbers of the sets that its customers get by default."""

    number: int
    iana_id: int
    name: str
    slug: str
    rdap: bool
    privacy_service: bool
    """Hides registrants behind a service's name and a forwarding mailbox instead of leaving the fields out."""
    corporate: bool
    whois_host: str
    address: str
    ns: int
    parking: tuple[int, ...]
    mx: int
    soa: int

    @property
    def abuse_email(self) -> str:
        """Their abuse mailbox."""
        return f"abuse@{self.slug}.netlab"

    @property
    def abuse_phone(self) -> str:
        """Their abuse telephone: a number of the lab's own +999, which is no country."""
        return f"+999.55{self.number:05d}"

    @property
    def url(self) -> str:
        """Their site."""
        return f"https://www.{self.slug}.netlab"


@dataclass(frozen=True, slots=True)
class Network:
    """A hoster: one /22 and one AS number, some addresses that many sites share, the rest rented one by one."""

    number: int
    asn: int
    name: str
    slug: str
    country: str
    ns: int
    mx: int
    soa: int
    shared: tuple[int, ...]

    @property
    def first_address(self) -> int:
        """Number of the network's first address."""
        return self.number * NETWORK_SIZE

    @property
    def prefix(self) -> str:
        """The announced prefix."""
        return f"{address_text(self.first_address)}/22"


@dataclass(frozen=True, slots=True)
class Actors:
    """All parties, and the shares with which they are chosen."""

    registries: dict[str, Registry]
    tld_names: tuple[str, ...]
    tld_weights: np.ndarray
    registrars: tuple[Registrar, ...]
    registrar_weights: np.ndarray
    networks: tuple[Network, ...]
    network_weights: np.ndarray
    dns_hub_sets: np.ndarray
    cdn_sets: np.ndarray
    builder: tuple[int, int]
    """Name-server set and address set of the one site builder that everybody knows."""
    parking_ns: tuple[int, ...]
    parking_addresses: tuple[int, ...]


def zipf(n: int, power: float) -> np.ndarray:
    """Shares of a long tail."""
    weights: np.ndarray = 1.0 / np.arange(1, n + 1) ** power
    shares: np.ndarray = weights / weights.sum()
    return shares


def _slugs(rng: np.random.Generator, n: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < n:
        found.update(dict.fromkeys(words.word_and_invented(rng, n).to_pylist()))
    return list(found)[:n]


def _registries() -> dict[str, Registry]:
    made = {}
    for number, tld in enumerate(TLDS):
        kind: Literal["thick", "thin", "whois"] = "thin" if tld in THIN else "thick"
        layout: Literal["gtld", "ripe", "blocks"] = "gtld"
        if tld in WHOIS_ONLY:
            kind, layout = "whois", "ripe" if WHOIS_ONLY[tld] == "ripe" else "blocks"
        made[tld] = Registry(tld, kind, layout, f"whois.nic.{tld}", f"127.0.1.{number + 2}")
    return made


def _registrars(rng: np.random.Generator, scale: Scale, pools: Pools) -> tuple[Registrar, ...]:
    kinds = pick_forms(rng, ("Domains Ltd", "Registrar Inc.", "Names GmbH", "Hosting S.A.", "Internet BV"), 400)
    made = []
    for number, slug in enumerate(_slugs(rng, scale.registrars)):
        hosts = tuple(f"ns{i}.{slug}.netlab" for i in (1, 2))
        parking = tuple(
            platform_address(1, int(host)) for host in rng.choice(200, int(rng.integers(1, 4)), replace=False)
        )
        made.append(
            Registrar(
                number=number,
                iana_id=990_001 + number * 3,
                name=f"{slug.capitalize()} {kinds[number]}",
                slug=slug,
                rdap=number < 4 or bool(rng.random() > 0.15),
                privacy_service=bool(rng.random() < 0.35),
                corporate=number in {11, 23},
                whois_host=f"whois.{slug}.netlab",
                address=f"127.0.{2 + number // 200}.{1 + number % 200}",
                ns=pools.ns.add(hosts),
                parking=parking,
                mx=pools.mx.add((f"mx.{slug}.netlab",)),
                soa=pools.soa.add(f"hostmaster.{slug}.netlab"),
            )
        )
    return tuple(made)


def pick_forms(rng: np.random.Generator, forms: tuple[str, ...], n: int) -> list[str]:
    """Some of the forms, as plain text."""
    return [forms[i] for i in rng.integers(0, len(forms), n)]


def _networks(rng: np.random.Generator, scale: Scale, pools: Pools) -> tuple[Network, ...]:
    made = []
    forms = pick_forms(rng, ("Hosting", "Cloud", "Servers", "Datacenter"), scale.hosters)
    for number, slug in enumerate(_slugs(rng, scale.hosters)):
        shared = max(3, 90 // (number + 1))
        made.append(
            Network(
                number=number,
                asn=64_600 + number,  # private use, RFC 6996
                name=f"{slug.upper()}-{forms[number].upper()}",
                slug=slug,
                country=str(rng.choice(["XA", "XB", "XC", "QM", "ZZ"])),  # ISO 3166 user-assigned
                ns=pools.ns.add(tuple(f"dns{i}.{slug}.netlab" for i in range(1, int(rng.integers(3, 5))))),
                mx=pools.mx.add((f"mx1.{slug}.netlab", f"mx2.{slug}.netlab")),
                soa=pools.soa.add(f"dns.{slug}.netlab"),
                shared=tuple(number * NETWORK_SIZE + 16 + i for i in range(shared)),
            )
        )
    return tuple(made)


def _dns_hub(rng: np.random.Generator, pools: Pools) -> np.ndarray:
    """A cloud DNS that gives every customer one of many pairs of hosts, as the biggest one does."""
    hosts = [f"{name}.ns.cloudhub.netlab" for name in _slugs(rng, 40)]
    pairs = {tuple(sorted(rng.choice(40, 2, replace=False).tolist())) for _ in range(400)}
    return np.array([pools.ns.add((hosts[one], hosts[two])) for one, two in sorted(pairs)], dtype=np.int32)


def _cdn(rng: np.random.Generator, pools: Pools) -> np.ndarray:
    made = []
    for first, step in zip(rng.integers(0, 200, 260), rng.integers(1, 50, 260), strict=True):
        made.append(pools.address_set((platform_address(0, int(first)), platform_address(0, int(first + step)))))
    return np.array(sorted(set(made)), dtype=np.int32)


def build_actors(scale: Scale, seed: int) -> tuple[Actors, Pools]:
    """The parties of a world and the pools with what they lend. The same for the same scale and seed."""
    rng = np.random.default_rng([seed, 1])
    pools = Pools()
    registries = _registries()
    tld_weights = np.array([0.42, 0.07, 0.05, *zipf(len(TLDS) - 3, 0.8) * 0.46])
    registrars = _registrars(rng, scale, pools)
    networks = _networks(rng, scale, pools)
    builder_ns = pools.ns.add(("ns1.sitemaker.netlab", "ns2.sitemaker.netlab", "ns3.sitemaker.netlab"))
    builder_addresses = pools.address_set(tuple(platform_address(2, host) for host in (10, 11, 12)))
    parking_ns = tuple(pools.ns.add((f"ns1.{name}.netlab", f"ns2.{name}.netlab")) for name in ("parkhub", "sellhub"))
    return Actors(
        registries=registries,
        tld_names=tuple(registries),
        tld_weights=tld_weights / tld_weights.sum(),
        registrars=registrars,
        registrar_weights=zipf(len(registrars), 1.05),
        networks=networks,
        network_weights=zipf(len(networks), 0.9),
        dns_hub_sets=_dns_hub(rng, pools),
        cdn_sets=_cdn(rng, pools),
        builder=(builder_ns, builder_addresses),
        parking_ns=parking_ns,
        parking_addresses=tuple(platform_address(1, host) for host in (250, 251, 252)),
    ), pools
