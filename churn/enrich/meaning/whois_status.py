"""States of domains in the spellings of registries: as EPP names, and whether they say that there is no registration.

EPP's own names in any spelling are record.statuses_of; here are words of registries that mean one of them (RFC 5731,
RFC 3915). A word that has no certain counterpart stays out. What doesn't belong here: sentences (whois_verdict.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from churn.enrich.meaning.record import statuses_of
from churn.enrich.meaning.whois_labels import folded

_EPP_OF = {
    " ".join(name.split()): epp
    for epp, names in {
        "ok": """
            active | ok | act | activo | ativo | activa | ativa | actif | attivo | aktiv | aktif | aktivni | connected |
            connect | dom ok | ok until | paid and in zone | 정상
        """,
        "inactive": "inactive | inactivo | inativo | inaktiv | not delegated",
        "autoRenewPeriod": "auto renew grace | autorenew grace | auto renew grace period | auto renew | autorenew",
        "redemptionPeriod": "redemption | redemption period | in redemption | quarantine | in quarantine",
        "pendingDelete": "pending delete | pending deletion | to be deleted | scheduled for deletion",
        "pendingTransfer": "pending transfer | in transfer | transfer pending",
        "pendingUpdate": "pending update",
        "pendingCreate": "pending create | processing registration | registration pending",
        "pendingRenew": "pending renew | processing renewal",
        "serverHold": "server hold",
        "clientHold": "client hold",
        **{
            f"{side}{what}Prohibited": f"{what} prohibited by {by}"
            for side, by in (("client", "registrar"), ("server", "registry"))
            for what in ("Transfer", "Update", "Delete", "Renew")
        },
    }.items()
    for name in names.lower().split("|")
}
_FREE = frozenset(
    " ".join(word.split())
    for word in """
    available | free | avail | not registered | unregistered | unassigned | not found | no match | disponible |
    disponivel | libre | livre | nonexistent | non existent | no object found | available for registration |
    not assigned | frei | vrij | domain available | not exist | does not exist | no existe | libero | serbest
    """.split("|")
)
_RESERVED = frozenset(
    " ".join(word.split())
    for word in """
    reserve | unavailable | unassignable | not allowed | notallowed | restricted | prohibited | premium | invalid |
    not available for registration | blocked by registry | withheld | not open | not open for registration |
    registry reserved | forbidden | not permitted | domain reserved | denied | banned
    """.split("|")
)
_TAKEN = re.compile(
    r"(?:registered|registrado|taken|delegated|failed|not available|expired|suspended|frozen|blocked|to be released|"
    r"dom|paid|in use|used|assigned|published|connect|locked|on hold|hold|deactivated|transfer|redemption|pending|"
    r"exist|active)\b"
)
_APART = re.compile(r"\s*[,/;|]\s*|\s{2,}|\s+-(?:\s+|$)|(?<=\w)\s+\(?https?://\S+")
_ST = re.compile(r"^ST[_ ](CL|SV|SRV)[_ ]", re.IGNORECASE)
_PREFIX = {"cl": "client", "sv": "server", "srv": "server"}
_CODE = re.compile(r"^\d{3} ")


def epp_states(texts: Iterable[str]) -> list[str]:
    """EPP status names that an answer's states mean, sorted; states without a certain counterpart are left out."""
    words = [part for text in texts for part in _parts(text)]
    states = statuses_of([*words, *(epp for word in words if (epp := _EPP_OF.get(folded(word))))])
    if len(states) > 1 and "ok" in states and "ok" not in map(folded, words):
        states.remove("ok")  # "active" beside a prohibition: EPP's ok says that there is none
    return states


def _parts(text: str) -> list[str]:
    """The states in one value: `A / B`, `A, B`, `A https://...`, `ST_CL_A ST_CL_B`, `ok-until 2014...`."""
    parts = []
    for part in _APART.split(text[:500]):
        if part and "_" in part and _ST.match(part):
            parts += [_ST.sub(lambda m: _PREFIX[m[1].lower()], word) for word in part.split()]
        elif part:
            parts.append(part.partition("(")[0].strip(" .-") or part)
    return parts


def is_free(texts: Iterable[str]) -> bool:
    """Whether a state says that nobody has the domain."""
    return any(_plain(text) in _FREE for text in texts)


def is_reserved(texts: Iterable[str]) -> bool:
    """Whether a state says that nobody can have the domain."""
    words = [_plain(text) for text in texts]
    return any(word in _RESERVED or word.startswith(("reserv", "premium name")) for word in words)


def is_taken(texts: Iterable[str]) -> bool:
    """Whether a state says that somebody has the domain."""
    return bool(epp_states(texts)) or any(_TAKEN.match(folded(text[:80]) or text[:80]) for text in texts)


def _plain(text: str) -> str:
    return folded(_CODE.sub("", text.partition("(")[0][:80]))
