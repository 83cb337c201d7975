"""The evidence of a lake read and made by pandas alone: the same fields as `evidence`, as a pandas programmer has them.

What belongs here: reading, picking the newest row, cutting names, joining. What doesn't: any weighing of values.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from speed.peers.evidence import FAMILIES


def evidence_frame(lake: Path) -> pd.DataFrame:
    """One row a domain: `domain` and the fields of FAMILIES; `address` holds lists, null is what is not known."""
    frame = _listed(_read(lake, "sighting", ["domain", "kind", "feed", "seen_at", "series_hash"]))
    for part in (_registered(lake), _hosted(lake), _certified(lake)):
        frame = frame.merge(part, on="domain", how="left")
    return frame[["domain", *FAMILIES]]


def _read(lake: Path, table: str, columns: list[str]) -> pd.DataFrame:
    if not (lake / table).is_dir():
        return pd.DataFrame(columns=columns, dtype="str")
    return pd.read_parquet(lake / table, columns=columns, partitioning=None)


def _newest(lake: Path, table: str, columns: list[str]) -> pd.DataFrame:
    rows = _read(lake, table, ["domain", "observed_at", *columns])
    return rows.sort_values("observed_at").drop_duplicates("domain", keep="last").drop(columns="observed_at")


def _listed(sighting: pd.DataFrame) -> pd.DataFrame:
    listed = sighting[sighting["kind"].isin(["registered", "reported"])]
    reported = listed[listed["kind"] == "reported"]
    batch = reported["feed"] + " " + reported["seen_at"].dt.strftime("%Y-%m-%d %H:%M")
    frame = listed[["domain"]].drop_duplicates(ignore_index=True)
    frame = frame.join(batch.groupby(reported["domain"]).min().rename("batch"), on="domain")
    series = listed.dropna(subset="series_hash").groupby("domain")["series_hash"].first()
    frame = frame.join(series.rename("series"), on="domain")
    name = frame["domain"].str.partition(".")
    label, suffix = name[0], "." + name[2]
    shape = label.str.replace("[a-z]+", "w", regex=True).str.replace("[0-9]", "9", regex=True) + suffix
    frame["template"] = shape.where(label.str.contains("[0-9-]"))
    stem = label.str.rstrip("0123456789-")
    frame["stem"] = stem.where(stem.str.len() >= 4)
    return frame


def _registered(lake: Path) -> pd.DataFrame:
    registrant = {
        "registrant_email_hash": "email",
        "registrant_phone_hash": "phone",
        "registrant_org_hash": "organisation",
    }
    rows = _newest(lake, "registration", ["registrar_iana_id", "created_at", *registrant]).rename(columns=registrant)
    born = rows["created_at"]
    minute = (born - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(minutes=1) * 1_000_000 + rows["registrar_iana_id"]
    rows["minute"] = minute.where(born != born.dt.normalize())
    return rows.drop(columns=["created_at", "registrar_iana_id"])


def _hosted(lake: Path) -> pd.DataFrame:
    rows = _newest(lake, "hosting", ["ns", "a", "mx", "soa_rname"])
    zone = rows["ns"].str[0].str.replace("^[^.]*", "", regex=True).fillna("(none)")
    mail = rows["mx"].str[0].fillna("")
    mailbox = rows["soa_rname"].fillna("")
    of_zone = {"mail": _ends_with(mail, zone), "mailbox": _ends_with(mailbox, zone)}
    return pd.DataFrame(
        {
            "domain": rows["domain"],
            "servers": _joined(rows["ns"]),
            "address": rows["a"].str[:4],
            "mail": _joined(rows["mx"]).mask(of_zone["mail"]),
            "mailbox": rows["soa_rname"].mask(of_zone["mailbox"]),
        }
    )


def _ends_with(texts: pd.Series, ends: pd.Series) -> pd.Series:
    return pd.Series([text.endswith(end) for text, end in zip(texts, ends, strict=True)], texts.index)


def _joined(lists: pd.Series) -> pd.Series:
    texts = lists.str.join(" ")
    return texts.mask(texts == "")


def _certified(lake: Path) -> pd.DataFrame:
    return _newest(lake, "certificate", ["spki_sha256"]).rename(columns={"spki_sha256": "key"})
