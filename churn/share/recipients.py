"""Who may be sent what: the file `recipients.toml` of the data folder, and whether an export may go to somebody.

    [[recipient]]
    name = "police-unit"                 # what --to names: lower-case letters, digits, hyphens
    organisation = "Police of Example"
    person = "A. Example"                # who reads it; without a person nobody gets TLP:RED
    age = "age1..."                      # public key, as age-keygen prints it
    tlp = "TLP:AMBER+STRICT"             # the greatest marking that they may get

What belongs here: the file and the rules of TLP 2.0. What doesn't: encryption (`sealing`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pyrage
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from churn.errors import UsageError
from churn.markings import Tlp, printable
from churn.settings import Settings

DEFAULT_TLP = Tlp.AMBER_STRICT
_STRICTNESS = tuple(Tlp)
"""The labels from the least to the most restrictive."""
_MOST_BYTES = 1 << 20


def _age_key(text: str) -> str:
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise ValueError("is no public key of age (age1..., as age-keygen prints it)") from None
    return text


class Recipient(BaseModel):
    """Somebody who may be sent exports."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    organisation: str = Field(min_length=1, max_length=200)
    person: str = Field("", max_length=200)
    age: Annotated[str, AfterValidator(_age_key)]
    tlp: Tlp = DEFAULT_TLP


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recipient: list[Recipient] = Field(default_factory=list, max_length=1000)


def recipients_file(settings: Settings) -> Path:
    """Where the recipients are declared."""
    return settings.data / "recipients.toml"


def read_recipients(settings: Settings) -> dict[str, Recipient]:
    """The declared recipients by name; none where there is no file. Raises UsageError where it doesn't hold."""
    path = recipients_file(settings)
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
        declared = _File(**tomllib.loads(content.decode())).recipient
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise UsageError(f"{path} is wrong: {wrong}.") from None
    except (ValueError, TypeError) as error:  # tomllib.TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise UsageError(f"{path} can't be read as TOML: {error}.") from None
    named = {recipient.name: recipient for recipient in declared}
    if len(named) < len(declared):
        raise UsageError(f"{path} declares a recipient twice; give each its own name.")
    return named


def chosen_recipients(settings: Settings, names: Sequence[str], tlp: Tlp) -> list[Recipient]:
    """The recipients that an export of this marking is for, each once.

    Raises UsageError, a sentence that says what to do, where one is not declared or may not get it, or where TLP:RED
    names no person (TLP 2.0: "for the eyes and ears of individual recipients only").
    """
    declared = read_recipients(settings)
    if unknown := sorted(set(names) - declared.keys()):
        raise UsageError(
            f"{recipients_file(settings)} declares no {', '.join(map(printable, unknown))}; declare them there with"
            f" name, organisation, age key and tlp. Declared are: {', '.join(declared) or 'none'}."
        )
    chosen = [declared[name] for name in dict.fromkeys(names)]
    if tlp is Tlp.RED and not chosen:
        raise UsageError("TLP:RED is for named persons only: name them with --to, or export with another --tlp.")
    for recipient in chosen:
        _check(recipient, tlp, recipients_file(settings))
    return chosen


def _check(recipient: Recipient, tlp: Tlp, path: Path) -> None:
    if _STRICTNESS.index(tlp) > _STRICTNESS.index(recipient.tlp):
        raise UsageError(
            f"{recipient.name} ({printable(recipient.organisation)}) may get {recipient.tlp.value} at most, and this"
            f" export is {tlp.value}: leave them out, or, where they are entitled to it, change their tlp in {path}."
        )
    if tlp is Tlp.RED and not recipient.person.strip():
        raise UsageError(
            f"TLP:RED is for named persons only, and {recipient.name} names none: give them a person in {path}, with"
            " that person's own age key, or leave them out."
        )


def check_marking(tlp: Tlp, note: str) -> None:
    """Raises UsageError where an export is marked less strictly than by default, and nobody says why."""
    if _STRICTNESS.index(tlp) < _STRICTNESS.index(DEFAULT_TLP) and not note.strip():
        raise UsageError(
            f"{tlp.value} is less strict than {DEFAULT_TLP.value}, the marking of what we share: say with --note why it"
            " may go further, by whose leave."
        )
