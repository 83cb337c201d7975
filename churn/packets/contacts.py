"""Where an abuse desk is: a pure function of what was observed for this registrar or network, and of corrections.

An e-mail address, a telephone number and a form come each from the best source that names one. Registrars: their RDAP,
the registry's RDAP, WHOIS, an import. Networks: the RDAP of the regional registries, an import. None found is said,
with what was tried; nothing is guessed, and no registrant, administrative or technical contact is looked at. What is no
plain address, number or web address is left out. Which observations are about whom is decided elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from churn.errors import UsageError

PRECEDENCE = ("registrar_rdap", "registry_rdap", "whois", "network_rdap", "import")
KEPT = 5  # addresses of one kind that a packet names at most

UNSEEN = "no registration record of this registrar in the window"

_EMAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_{|}~.-]{1,64}@(?=.{3,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ().x-]{3,39}")
_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?", re.IGNORECASE)

_Kind = Literal["email", "phone", "url"]
_KINDS: tuple[_Kind, ...] = ("email", "phone", "url")
_FORM: dict[_Kind, re.Pattern[str]] = {"email": _EMAIL, "phone": _PHONE, "url": _URL}


Scope = Literal["registrar", "network"]


class Subject(NamedTuple):
    """Whom a contact is of: a registrar by its IANA id, or a network by its AS number."""

    scope: Scope
    number: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One combination of contact details, as `domains` records name it; `observed_at` is the newest.

    Records are counted by domains for a registrar, by registered blocks of addresses for a network.
    """

    source: str
    abuse_source: str | None
    email: str | None
    phone: str | None
    url: str | None
    domains: int
    observed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """An abuse desk. `source` is where its first way of contact stood: one of PRECEDENCE, `curated`, or `none`.

    `confidence` is the share (0 to 1) of the subject's observations of that kind that name the first one; None where
    there is none, or where a person set it. `tried` says in words what was looked at.
    """

    email: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    url: str | None = None
    source: str = "none"
    observed_at: dt.datetime | None = None
    confidence: float | None = None
    tried: str = ""

    @property
    def found(self) -> bool:
        """Whether there is any way to reach this desk."""
        return bool(self.email or self.phone or self.url)

    @property
    def desk(self) -> str | None:
        """What tells one desk from another: its first address, else its form, else its number; None where none is."""
        return next(iter((*self.email, *filter(None, (self.url,)), *self.phone)), None)


class Correction(BaseModel):
    """What a person found out about the desk of a registrar (`iana_id`) or network (`asn`), when and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    iana_id: int | None = Field(None, ge=0)
    asn: int | None = Field(None, ge=1)
    email: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    url: str | None = None
    date: dt.date
    reason: str = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _names_one_subject(self) -> Correction:
        if (self.iana_id is None) == (self.asn is None):
            raise ValueError("a correction is of either an iana_id or an asn")
        given: dict[_Kind, tuple[str, ...]] = {
            "email": self.email,
            "phone": self.phone,
            "url": (self.url,) if self.url else (),
        }
        for kind, values in given.items():
            if wrong := [value for value in values if not _FORM[kind].fullmatch(value.lower())]:
                raise ValueError(f"{wrong[0][:80]!r} is no {kind}")
        return self

    @property
    def subject(self) -> Subject:
        """Whom it is of."""
        return Subject("registrar", self.iana_id) if self.iana_id is not None else Subject("network", self.asn or 0)


class _Corrections(BaseModel):
    model_config = ConfigDict(extra="forbid")

    correction: tuple[Correction, ...] = ()


def read_corrections(path: Path, day: dt.date) -> Mapping[Subject, Correction]:
    """The newest correction of each registrar and network that was known by `day`; none where there is no such file.

    Raises UsageError where the file can't be read as what it should be.
    """
    if not path.is_file():
        return {}
    try:
        given = _Corrections.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).correction
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no file of contact corrections: {_first_fault(error)}.") from None
    known = sorted((one for one in given if one.date <= day), key=lambda one: one.date)
    return {correction.subject: correction for correction in known}


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0]


def resolve(observations: Iterable[Observation], correction: Correction | None = None, unseen: str = UNSEEN) -> Contact:
    """The contact of the one subject that all these observations are about. Their order makes no difference.

    A correction stands instead of every observed address and form; an observed telephone number outlives it. `unseen`
    is what is said of a subject of which nothing was observed.
    """
    seen = tuple(observations)
    email, phone, url = (_best(seen, kind) for kind in _KINDS)
    tried = _tried(seen, unseen)
    if correction is not None:
        return Contact(
            correction.email,
            correction.phone or phone[0],
            correction.url,
            "curated",
            dt.datetime.combine(correction.date, dt.time(), dt.UTC),
            None,
            f"{tried}; corrected by hand on {correction.date}: {correction.reason}",
        )
    for kind, (values, source) in zip(_KINDS, (email, phone, url), strict=True):
        if values:
            share, newest = _agreement(seen, kind, values[0])
            return Contact(email[0], phone[0], next(iter(url[0]), None), source, newest, share, tried)
    return Contact(tried=tried)


def _best(seen: Sequence[Observation], kind: _Kind) -> tuple[tuple[str, ...], str]:
    """Values of a kind from the best source that has one, those of most domains first, and that source."""
    for source in PRECEDENCE:
        count: Counter[str] = Counter()
        for observation in seen:
            if observation.abuse_source == source and (value := _value(observation, kind)):
                count[value] += observation.domains
        if count:
            return tuple(sorted(count, key=lambda value: (-count[value], value))[:KEPT]), source
    return (), "none"


def _value(observation: Observation, kind: _Kind) -> str | None:
    """The value in its one spelling; None where there is none, or it does not have the form of one."""
    value = getattr(observation, kind)
    if value is None or observation.abuse_source not in PRECEDENCE:
        return None
    value = value.strip().removeprefix("mailto:").removeprefix("tel:")
    value = value if kind == "url" else value.lower()
    return value if len(value) <= 320 and _FORM[kind].fullmatch(value) else None


def _agreement(seen: Sequence[Observation], kind: _Kind, value: str) -> tuple[float, dt.datetime]:
    """Share of the observations of a kind that name a value, and the newest that does."""
    naming = [observation for observation in seen if _value(observation, kind) == value]
    whole = sum(observation.domains for observation in seen if _value(observation, kind))
    return sum(o.domains for o in naming) / whole, max(o.observed_at for o in naming)


def _tried(seen: Sequence[Observation], unseen: str) -> str:
    if not seen:
        return unseen
    records: Counter[str] = Counter()
    for observation in seen:
        records[observation.source] += observation.domains
    return ", ".join(f"{records[source]} records by {source}" for source in sorted(records)) + "; hand-made corrections"
