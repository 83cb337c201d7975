"""Credentials of feeds: what is shown to a provider, and where an operator keeps it.

Never in a file of feeds, a log, a message or a manifest. Without Airflow the environment holds them:
`CHURN_CREDENTIAL_<NAME>` is a key or token, or `login:secret` where there are two parts (CZDS, HTTP Basic, a TSIG key
and its name). Under Airflow a connection `churn_<name>` comes first; that look-up is in `churn.orchestrate`, which
hands a `Credentials` in.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from churn.errors import UsageError


@dataclass(frozen=True, slots=True)
class Credential:
    """What a provider gave: a secret, and the login that it goes with, where there is one."""

    secret: SecretStr
    login: str | None = None

    def headers(self, auth: str | None) -> dict[str, str]:
        """Request headers that show it, by the feed's `auth`."""
        secret = self.secret.get_secret_value()
        if auth == "basic":
            pair = f"{self.login or ''}:{secret}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        if auth == "bearer":
            return {"Authorization": f"Bearer {secret}"}
        if auth and auth.startswith("header "):
            return {auth.removeprefix("header "): secret}
        return {}


Credentials = Callable[[str], Credential | None]
"""Where credentials are found by name; None where there is none."""


def from_environment(name: str) -> Credential | None:
    """The credential that the environment holds."""
    text = os.environ.get(variable(name), "").strip()
    login, colon, secret = text.partition(":")
    if not text:
        return None
    return Credential(SecretStr(secret), login) if colon else Credential(SecretStr(text))


def variable(name: str) -> str:
    """The environment variable of a credential."""
    return f"CHURN_CREDENTIAL_{name.upper().replace('-', '_')}"


def connection(name: str) -> str:
    """The Airflow connection of a credential."""
    return f"churn_{name.replace('-', '_')}"


def shown_to(feed: str, name: str | None, credentials: Credentials) -> Credential | None:
    """The credential of a feed, None where it needs none. Raises UsageError where it needs one that nobody holds."""
    if name is None:
        return None
    found = credentials(name)
    if found is None:
        raise UsageError(
            f"The feed {feed} needs the credential {name}: set {variable(name)} in the environment, or the Airflow"
            f" connection {connection(name)}."
        )
    return found
