"""Enrich: what name servers, registries, registrars and (by opt-in) hosts say of the day's names. Every try is a row.

resolving     DNS for every name: `dns_client` asks (over `dns_pump`), `buckets` keeps
plan          which names are worth a dearer look-up, in which order (`sql/`)
registering   RDAP, else WHOIS, within the budget: `registration` follows one name from server to server,
              `rdap_client` and `whois_client` talk, `rdap_meaning` and `whois_meaning` read; `deepening` completes DNS
handshaking   certificates: `tls_client` talks, `certificate_meaning` reads
record        what registration answers have in common: redaction, hashes, status names, the merge of two answers
politeness, addresses, bootstrap   how fast, to whom, and where
stage         all of it on one day

Talking and meaning are apart: a `*_meaning` module takes bytes, gives an outcome and never raises.
"""

from churn.enrich.handshaking import handshake
from churn.enrich.meaning.rdap import parse_rdap
from churn.enrich.meaning.whois import parse_whois
from churn.enrich.registering import register
from churn.enrich.resolving import resolve
from churn.enrich.stage import run

__all__ = ["handshake", "parse_rdap", "parse_whois", "register", "resolve", "run"]
