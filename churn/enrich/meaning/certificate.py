"""What a certificate says (RFC 5280): pure, from DER to the columns of `certificate`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from churn.enrich.meaning.record import Record, name_of
from churn.markings import printable
from churn.outcomes import Outcome

MOST_NAMES = 100


def parse_certificate(der: bytes) -> tuple[Outcome, Record | None, str | None]:
    """Outcome, columns and a bounded word of explanation for a certificate, whatever the bytes are."""
    try:
        return Outcome.OK, _columns(der), None
    except Exception as error:  # noqa: BLE001 - the library raises many types for hostile DER; each means that it can't be read
        return Outcome.MALFORMED, None, type(error).__name__


def _columns(der: bytes) -> Record:
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "sha256": hashlib.sha256(der).hexdigest(),
        "spki_sha256": hashlib.sha256(key).hexdigest(),
        "issuer": printable(certificate.issuer.rfc4514_string(), 300),
        "serial": f"{certificate.serial_number:x}",
        "not_before": certificate.not_valid_before_utc,
        "not_after": certificate.not_valid_after_utc,
        "names": _names(certificate),
    }


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return names_of(extension.value.get_values_for_type(x509.DNSName)[: MOST_NAMES * 10])[:MOST_NAMES]


def names_of(texts: Iterable[str]) -> list[str]:
    """DNS names of a certificate in their one spelling, with their wildcards, sorted; texts that are none left out."""
    plain = (text for text in texts if not any(sign in text for sign in "@/:"))  # nor mailboxes and URLs
    return sorted(
        {("*." if text.startswith("*.") else "") + name for text in plain if (name := name_of(text.removeprefix("*.")))}
    )
