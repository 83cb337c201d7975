"""Enrich: what name servers, registries, registrars, networks and logs say of the day's names. Every try is a row.

resolving     DNS for every name, `buckets` of the day side by side; `deepening` completes the rows of chosen names
plan          which names are worth a dearer look-up, in which order and why (`sql/`)
registering   RDAP, else WHOIS, within the budget: `registration` says what comes next, `asking` does it
networking    whose the addresses are (`networks/`), and where the abuse desks are
certifying    certificates of landed tiles and of crt.sh (`certificates/`); `handshaking` by TLS, where one opts in
rechecking    the DNS and registrations anew: of what is told today, and on a schedule of what was told before
journal       each outcome on disk before the next question: a killed day goes on where it stopped
bootstrap     who is asked by RDAP
talking/      bytes out and in: how fast, to whom, how long
meaning/      what bytes mean: no talking, an outcome always, never an exception
stage         all of it on one day
"""

from churn.enrich.certifying import certify
from churn.enrich.handshaking import handshake
from churn.enrich.meaning.rdap import parse_rdap
from churn.enrich.meaning.whois import parse_whois
from churn.enrich.networking import network
from churn.enrich.rechecking import recheck, recheck_told
from churn.enrich.registering import register
from churn.enrich.resolving import resolve
from churn.enrich.stage import run

__all__ = [
    "certify",
    "handshake",
    "network",
    "parse_rdap",
    "parse_whois",
    "recheck",
    "recheck_told",
    "register",
    "resolve",
    "run",
]
