"""message.eml: a draft that a mail program opens for editing (`X-Unsent`), the packet attached. Nothing sends it.

The cover is in it twice: as it is, and as HTML for those who read mail so (multipart/alternative, RFC 2046).
"""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage

from churn.markings import Tlp
from churn.packets.document import packet_id
from churn.packets.dossier import Dossier
from churn.packets.folder import zipped
from churn.packets.rendering import html_of
from churn.packets.wording import counted, listed
from churn.settings import Settings

MOST_IN_PIECES = 1_000_000
"""Bytes of files that are attached one by one; more go in as one zip."""
MOST_ATTACHED = 3_500_000
"""Bytes attached in all: some 5 MB in the mail, which every mail system takes."""

_SINGLE = ("packet.json", "domains.csv", "compromised.csv", "siblings-not-alleged.csv")
_TYPES = {"json": ("application", "json"), "csv": ("text", "csv"), "zip": ("application", "zip")}
_LEFT_OUT = "\nToo large for a mail, in the packet's zip, which is handed over another way: {}.\n"
_IN_WORDS = {"packet.zip": "packet.json and the tables", "xarf.zip": "the XARF reports"}
"""What a zip holds: mail programs make links of names that end with .zip, which is a top-level domain."""


def message(
    dossier: Dossier,
    settings: Settings,
    day: dt.date,
    written_at: dt.datetime,
    files: Mapping[str, bytes],
    earlier: bytes | None = None,
) -> bytes:
    """The draft, bounded in size; XARF reports go in as one zip. Without an abuse address it has no recipient.

    Signed where `packet_signing_key` is set; `earlier` is the draft as it was written before. Raises UsageError where
    the key can't be used.
    """
    identity = packet_id(dossier, day)
    headers = EmailMessage(policy=email.policy.SMTP)
    headers["From"] = Address(settings.reporter_org, addr_spec=settings.reporter_contact)
    if dossier.contact.email:
        headers["To"] = tuple(Address(addr_spec=address) for address in dossier.contact.email)
    yours = "that you sponsor" if dossier.scope == "registrar" else "that you host"
    what = f"{counted(len(dossier.alleged), 'reported domain')} {yours}: please act"
    headers["Subject"] = f"{Tlp.AMBER.value} [{identity}] {what}"
    headers["Date"] = written_at.replace(microsecond=0)
    headers["Message-ID"] = f"<{identity}@{settings.reporter_domain}>"
    headers["X-Unsent"] = "1"
    head, content = headers.as_bytes().removesuffix(b"\r\n"), _content(identity, files)
    if settings.packet_signing_key is None:
        return head + content
    from churn.packets.signing import signed  # noqa: PLC0415 - its library is loaded by those who sign only

    return signed(head, content, _boundary("signed", identity), settings, earlier)


def _content(identity: str, files: Mapping[str, bytes]) -> bytes:
    """Body and attachments as one MIME entity: its Content headers, an empty line, its parts."""
    attached, left_out = _attachments(files)
    text = files["cover.md"].decode() + (_LEFT_OUT.format(listed(left_out)) if left_out else "")
    content = EmailMessage(policy=email.policy.SMTP)
    content.set_content(text, cte="quoted-printable")
    content.add_alternative(html_of(text), subtype="html", cte="quoted-printable")
    for name, piece in attached.items():
        main, sub = _TYPES[name.rpartition(".")[2]]
        content.add_attachment(piece, maintype=main, subtype=sub, filename=name)
    for number, part in enumerate(part for part in content.walk() if part.is_multipart()):
        part.set_boundary(_boundary(str(number), identity))
    return content.as_bytes()


def _boundary(part: str, identity: str) -> str:
    """A line that separates parts, the same each time; "=_" can't come in quoted-printable or base64."""
    return f"=_{hashlib.sha256(f'{part} {identity}'.encode()).hexdigest()[:32]}"


def _attachments(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """What is attached, by name, and in words what would be too large for a mail."""
    single = {name: files[name] for name in _SINGLE if name in files}
    reports = {name.removeprefix("xarf/"): content for name, content in files.items() if name.startswith("xarf/")}
    if sum(map(len, single.values())) > MOST_IN_PIECES:
        single = {"packet.zip": zipped("packet", single)}
    left = MOST_ATTACHED
    attached, left_out = {}, []
    for name, content in (single | {"xarf.zip": zipped("xarf", reports)}).items():
        if len(content) <= left:
            attached[name] = content
            left -= len(content)
        else:
            left_out.append(_IN_WORDS.get(name, name))
    return attached, left_out
