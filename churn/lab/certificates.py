"""Certificates of the lab's hosts, issued on request by the lab's authority.

What belongs here: keys and certificates. What doesn't: TLS (`hosts`). Keys follow from the world's seed and the number
of the key, and signatures are deterministic (RFC 6979): the same world has the same certificates, and domains that
share a key number share the SubjectPublicKeyInfo.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, FIPS 186-5
PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    """The lab's certificate authority for one world."""

    seed: int

    def certificate_pem(self, domain: str, key_number: int, created: dt.datetime) -> bytes:
        """Private key, certificate and the authority's certificate of a domain, as one PEM text."""
        key, certificate = self._key(f"host {key_number}"), self.certificate(domain, key_number, created)
        secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return secret + certificate.public_bytes(PEM) + self.root.public_bytes(PEM)

    def certificate(
        self, domain: str, key_number: int, created: dt.datetime, *, precertificate: bool = False
    ) -> x509.Certificate:
        """A domain's certificate, or the pre-certificate (RFC 6962, 3.1) that the log gets before it."""
        return self._signed(domain, self._key(f"host {key_number}"), created, precertificate=precertificate)

    @cached_property
    def log_key(self) -> ec.EllipticCurvePrivateKey:
        """The key of the lab's certificate log."""
        return self._key("certificate log")

    @cached_property
    def root(self) -> x509.Certificate:
        """The authority's own certificate."""
        key, name = self._key("authority"), self._name
        start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(start)
            .not_valid_after(start + dt.timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
        )

    @property
    def _name(self) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "The Lab"),
                x509.NameAttribute(NameOID.COMMON_NAME, "Lab R1"),
            ]
        )

    def _key(self, purpose: str) -> ec.EllipticCurvePrivateKey:
        digest = hashlib.sha512(f"{self.seed} {purpose}".encode()).digest()
        return ec.derive_private_key(int.from_bytes(digest) % (ORDER - 1) + 1, ec.SECP256R1())

    def _signed(
        self, domain: str, key: ec.EllipticCurvePrivateKey, created: dt.datetime, *, precertificate: bool
    ) -> x509.Certificate:
        serial = int.from_bytes(hashlib.sha256(f"{self.seed} serial {domain}".encode()).digest()[:16]) >> 1
        start = created.replace(microsecond=0) + dt.timedelta(minutes=3 + serial % 40)
        names = [x509.DNSName(domain), x509.DNSName(f"www.{domain}")]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)] if len(domain) < 64 else []))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(start)
            .not_valid_after(start + dt.timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName(names), critical=len(domain) > 63)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        if precertificate:
            builder = builder.add_extension(x509.PrecertPoison(), critical=True)
        return builder.sign(self._key("authority"), hashes.SHA256(), ecdsa_deterministic=True)
