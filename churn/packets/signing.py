"""OpenPGP signatures of packet messages: multipart/signed as RFC 3156 says, by the operator's own key (RFC 9580).

Asked for only where `packet_signing_key` is set: without a key nothing is signed. The library reads the key file
itself and needs neither agent nor keyring. What doesn't belong here: what a message says, and encryption.

A signature holds the time at which it was made and a salt, and the library lets nobody choose them. So that a rerun
leaves every byte, the signature of the file that is already there is kept where it is this key's and of these bytes;
in an empty folder the same packet gets another signature.
"""

from __future__ import annotations

import pysequoia

from churn.errors import UsageError
from churn.settings import Settings

_START, _END = b"-----BEGIN PGP SIGNATURE-----", b"-----END PGP SIGNATURE-----"


def signed(headers: bytes, content: bytes, boundary: str, settings: Settings, earlier: bytes | None = None) -> bytes:
    """The message of these headers (no empty line after them) whose content, a MIME entity with CRLF, is signed.

    `earlier` is the message as it was written before, where it was. Raises UsageError where the key can't be used.
    """
    key, signer = _key(settings)
    entity = _canonical(content)
    mode = pysequoia.SignatureMode.DETACHED
    armoured = pysequoia.sign(signer, entity, mode=mode)
    algorithm = str(pysequoia.Sig.from_bytes(armoured).hash_algorithm).rpartition(".")[2].lower()
    mark = b"--" + boundary.encode()
    whole = b"\r\n".join(
        (
            headers.removesuffix(b"\r\n"),
            b"MIME-Version: 1.0",
            b'Content-Type: multipart/signed; protocol="application/pgp-signature";',
            f' micalg="pgp-{algorithm}"; boundary="{boundary}"'.encode(),
            b"",
            mark,
            entity,
            mark,
            b'Content-Type: application/pgp-signature; name="signature.asc"',
            b'Content-Disposition: attachment; filename="signature.asc"',
            b"",
            b"\r\n".join(armoured.splitlines()),
            mark + b"--",
            b"",
        )
    )
    return earlier if earlier and _still_signed(earlier, whole, entity, key.extract_certificate()) else whole


def check_key(settings: Settings) -> None:
    """Raises UsageError where the key that is set can't be read, or can't sign."""
    _key(settings)


def _canonical(content: bytes) -> bytes:
    """The entity without its last line's end, which belongs to the boundary; no line begins as a mailbox's message.

    "From " at the start of a line is quoted (RFC 3156, 3): only quoted-printable parts can have it, base64 no blank.
    """
    return content.removesuffix(b"\r\n").replace(b"\r\nFrom ", b"\r\n=46rom ")


def _key(settings: Settings) -> tuple[pysequoia.Tsk, pysequoia.PySigner]:
    path, passphrase = settings.packet_signing_key, settings.packet_signing_passphrase
    assert path is not None, "asked to sign without a key"
    try:
        key = pysequoia.Tsk.from_bytes(path.read_bytes())
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no OpenPGP key"
        raise UsageError(f"packet_signing_key {path} can't be read: {why}; packets are not signed.") from None
    try:
        return key, key.signer(passphrase.get_secret_value() if passphrase else None)
    except (RuntimeError, ValueError):
        given = "wrong" if passphrase else "needed and not set"
        raise UsageError(
            f"packet_signing_key {path} can't sign: either CHURN_PACKET_SIGNING_PASSPHRASE is {given}, "
            "or there is no valid secret key for signing in it."
        ) from None


def _still_signed(earlier: bytes, whole: bytes, entity: bytes, certificate: pysequoia.Cert) -> bool:
    """Whether the message written before differs in its signature alone, and that one holds."""
    (before, _, former), (expected, _, _) = earlier.rpartition(_START), whole.rpartition(_START)
    if before != expected:
        return False
    try:
        signature = pysequoia.Sig.from_bytes(_START + former.partition(_END)[0] + _END + b"\n")
        pysequoia.verify(bytes=entity, store=lambda _: [certificate], signature=signature)
    except (RuntimeError, ValueError):
        return False
    return True
