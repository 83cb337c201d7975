"""Settings: one frozen object, built when a command or a task starts, passed to every function that needs it.

Sources, strongest first: arguments of the command line; environment variables `CHURN_<NAME>`; the TOML file that
`CHURN_SETTINGS` names (else `churn.toml` in the working folder, where there is one); the defaults below.
Nothing here reads a file or the environment at import.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from churn.errors import UsageError

EVENING = dt.time(23, 0, tzinfo=dt.UTC)


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


Folder = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """All settings. Units are in the names; a domain-facing switch is off unless its comment says otherwise."""

    model_config = SettingsConfigDict(env_prefix="CHURN_", frozen=True, extra="forbid")

    data: Folder = Field(
        Path("data"), description="data folder: landing, lake, warehouse, reports, packets, ledger, inbox"
    )
    feeds: Folder | None = Field(
        None, description="TOML file that declares the feeds; default: feeds.toml in the data folder"
    )
    clock: Literal["wall", "day"] = Field(
        "wall", description="'day' stamps observations 23:00 UTC of the day that is run: for a replayed world only"
    )
    threads: int = Field(2, ge=1, le=256, description="threads that DuckDB may use")
    memory_limit: str = Field("3500MB", pattern=r"^\d+(\.\d+)?(MB|GB)$", description="memory that DuckDB may use")

    hash_personal_data: bool = Field(True, description="hash registrant data on entry; False needs a legal basis")
    hash_key: SecretStr | None = Field(None, description="key of the hashes; default: keys/hash.key in the data folder")

    window_days: int = Field(90, ge=1, le=400, description="days of facts that are linked")
    link_tau: float = Field(12.0, gt=0, description="least surprise (nats) of a shared pair of traits, at 300,000")
    link_rho: float = Field(0.1, gt=0, le=1, description="greatest share of a pair's count that chance explains")
    burst_q: float = Field(0.01, gt=0, lt=1, description="false-discovery rate of a day's bursts")
    burst_least: int = Field(10, ge=2, description="fewest domains that make a burst")

    dns_resolvers: tuple[str, ...] = Field(
        (), description="resolvers as address or address:port; default: the system's"
    )
    dns_processes: int = Field(2, ge=1, le=64, description="processes that resolve names side by side")
    dns_types: tuple[str, ...] = Field(("NS", "A"), description="record types asked for every name of the day")
    dns_types_full: tuple[str, ...] = Field(
        ("NS", "A", "AAAA", "MX", "SOA"), description="record types asked for names whose registration is looked up too"
    )
    network_table: Folder | None = Field(
        None, description="table of announced networks: CSV (prefix, asn, name, country), pyasn or iptoasn TSV"
    )
    network_zone: str = Field(
        "asn.cymru.com", description="DNS zones that tell networks, where there is no network_table; empty: not asked"
    )
    network_budget: int = Field(200, ge=0, description="RDAP look-ups of networks a day, for their abuse contacts")
    rdap_bootstrap: str = Field(
        "https://data.iana.org/rdap/dns.json", description="bootstrap file of domains (RFC 9224): URL or path"
    )
    rdap_bootstrap_ipv4: str = Field(
        "https://data.iana.org/rdap/ipv4.json", description="bootstrap file of IPv4 networks: URL or path"
    )
    rdap_bootstrap_ipv6: str = Field(
        "https://data.iana.org/rdap/ipv6.json", description="bootstrap file of IPv6 networks: URL or path"
    )
    registration_budget: int = Field(2500, ge=0, description="RDAP and WHOIS look-ups a day, over all endpoints")
    endpoint_rate: float = Field(5.0, gt=0, description="look-ups a second at one RDAP or WHOIS endpoint")
    endpoint_rates: dict[str, float] = Field(
        default_factory=lambda: {"crt.sh": 1.0}, description="the same for single endpoints, by host name"
    )
    endpoint_concurrency: int = Field(4, ge=1, description="look-ups under way at once at one endpoint")
    endpoint_pause_seconds: float = Field(
        60.0, gt=0, description="pause at an endpoint that is asked too often, where it does not say how long"
    )
    endpoint_patience_seconds: float = Field(
        120.0, gt=0, description="longest wait for an endpoint that asked for a pause; its other look-ups wait a day"
    )
    whois_root: str = Field("whois.iana.org", description="WHOIS server that refers to the registries")
    whois_port: int = Field(43, ge=1, le=65535, description="WHOIS port")
    lookup_timeout_seconds: float = Field(10.0, gt=0, description="deadline of one look-up")
    answer_limit_bytes: int = Field(1 << 20, ge=1024, description="longest answer that is read")
    allow_private_addresses: bool = Field(
        False, description="may look-ups reach loopback and private addresses (the lab)"
    )
    crtsh: str = Field("https://crt.sh/", description="crt.sh, or a service like it; empty: not asked")
    crtsh_budget: int = Field(200, ge=0, description="certificate look-ups a day at crt.sh")
    tls_handshake: bool = Field(False, description="opt-in: read certificates by a TLS handshake with listed hosts")
    tls_budget: int = Field(500, ge=0, description="TLS handshakes a day")
    tls_connect_to: str | None = Field(None, description="address:port that stands in for every host (the lab)")

    recheck_hours: float = Field(
        3.0, gt=0, description="age from which an answer is asked for anew before its domain is told of"
    )
    recheck_budget: int = Field(2500, ge=0, description="domains that a re-check asks about, at most")
    recheck_days: tuple[int, ...] = Field(
        (1, 2, 3, 5, 8, 13, 21, 34, 55), description="days after the telling on which what was told is checked again"
    )
    clear_figures: bool = Field(
        False, description="write the scoreboard's figures without names too, as a page that is TLP:CLEAR"
    )
    repeat_days: int = Field(14, ge=1, description="days before a recipient is told of the same domain again")
    reporter_org: str = Field("Example Hotline (set reporter_org)", description="who sends the packets")
    reporter_contact: str = Field("desk@hotline.example", description="their mailbox")
    reporter_domain: str = Field("hotline.example", description="their domain")
    packet_signing_key: Folder | None = Field(
        None, description="OpenPGP secret key (file) that signs packet messages; default: they are not signed"
    )
    packet_signing_passphrase: SecretStr | None = Field(
        None, description="passphrase of that key; best given by the environment"
    )
    authority: str = Field("", description="authority behind the reports, with its reference; empty: none is claimed")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the TOML file behind the environment."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=settings_file())
        return init_settings, env_settings, toml

    def now(self, day: dt.date) -> dt.datetime:
        """The instant (UTC) with which a run of `day` stamps what it observes. Read at the edge, once a stage."""
        return dt.datetime.combine(day, EVENING) if self.clock == "day" else dt.datetime.now(dt.UTC)

    def window_start(self, day: dt.date) -> dt.date:
        """The first day of the window that ends with `day`."""
        return day - dt.timedelta(days=self.window_days - 1)

    @property
    def feeds_file(self) -> Path:
        """The file that declares the feeds."""
        return self.feeds or self.data / "feeds.toml"


def settings_file() -> Path:
    """The TOML file that settings are read from; it need not exist unless `CHURN_SETTINGS` names it."""
    return Path(os.environ.get("CHURN_SETTINGS") or "churn.toml")


def load_settings(**overrides: Any) -> Settings:
    """Build the settings; overrides that are None are left out.

    Raises UsageError, one sentence with every wrong setting named, where they don't hold.
    """
    if os.environ.get("CHURN_SETTINGS") and not settings_file().is_file():
        raise UsageError(f"CHURN_SETTINGS names {settings_file()}, which is no file; correct it or unset it.")
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        raise UsageError(f"A setting is wrong: {wrong}. See `churn doctor --help` for all settings.") from None
    except ValueError as error:  # tomllib.TOMLDecodeError is one
        raise UsageError(f"{settings_file()} can't be read as TOML: {error}.") from None
