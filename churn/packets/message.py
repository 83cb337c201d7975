"""message.eml: a draft that a mail program opens for editing (`X-Unsent`), the packet attached. Nothing sends it."""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage

from churn.packets.document import packet_id
from churn.packets.dossier import Dossier
from churn.packets.folder import zipped
from churn.packets.wording import counted
from churn.settings import Settings

_SINGLE = {
    "packet.json": ("application", "json"),
    "domains.csv": ("text", "csv"),
    "compromised.csv": ("text", "csv"),
    "siblings-not-alleged.csv": ("text", "csv"),
}


def message(
    dossier: Dossier, settings: Settings, day: dt.date, written_at: dt.datetime, files: Mapping[str, bytes]
) -> bytes:
    """The draft. XARF reports go in as one zip. Without an abuse address it has no recipient: a person fills it in."""
    identity = packet_id(dossier, day)
    draft = EmailMessage(policy=email.policy.SMTP)
    draft["From"] = Address(settings.reporter_org, addr_spec=settings.reporter_contact)
    if dossier.contact.email:
        draft["To"] = tuple(Address(addr_spec=address) for address in dossier.contact.email)
    yours = "that you sponsor" if dossier.scope == "registrar" else "that you host"
    draft["Subject"] = f"[{identity}] {counted(len(dossier.alleged), 'reported domain')} {yours}: please act"
    draft["Date"] = written_at.replace(microsecond=0)
    draft["Message-ID"] = f"<{identity}@{settings.reporter_domain}>"
    draft["X-Unsent"] = "1"
    draft.set_content(files["cover.md"].decode(), cte="quoted-printable")
    for name, (main, sub) in _SINGLE.items():
        if name not in files:
            continue
        draft.add_attachment(files[name], maintype=main, subtype=sub, filename=name)
    reports = {name.removeprefix("xarf/"): content for name, content in files.items() if name.startswith("xarf/")}
    draft.add_attachment(zipped("xarf", reports), maintype="application", subtype="zip", filename="xarf.zip")
    draft.set_boundary(f"=_{hashlib.sha256(identity.encode()).hexdigest()[:32]}")
    return draft.as_bytes()
