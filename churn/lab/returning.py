"""Operators whose domains were acted on come back under names like those: the same label elsewhere, or a variant.

What belongs here: which domains return as what, and their rows in the world. What doesn't: the deeds that they answer.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from churn.lab.actors import RESERVED_TLDS
from churn.lab.deeds import NAMES
from churn.lab.reported import ADD_PERIOD
from churn.lab.rows import CAMPAIGN, DAY_SECONDS, EPOCH, NEVER
from churn.lab.world import World

SHARE = 0.4
"""Of the campaigns' domains that somebody acted on."""
RELATIONS = {"same_label": 0.5, "one_edit": 0.4, "look_alike": 0.1}
SHORTEST = 6
"""Characters of a label that is varied; a shorter one returns as it is."""
SCHEMA = pa.schema([("domain", pa.string()), ("came_back_as", pa.string()), ("relation", pa.string())])
_ALIKE = str.maketrans("ols", "015")
_LETTERS = "abcdefghjkmnpqrtuvwxyz"


def come_back(world: World, done: pa.Table, seed: int) -> tuple[World, pa.Table]:
    """The world with those who return days after a deed, some of them reported soon; and which they are: SCHEMA."""
    rng = np.random.default_rng([seed, 6])
    rows = world.domains.to_pylist()
    place = {row["domain"]: number for number, row in enumerate(rows)}
    suffixes = [number for number, name in enumerate(world.actors.tld_names) if name not in RESERVED_TLDS]
    added: list[dict[str, object]] = []
    returned: list[dict[str, str]] = []
    for deed in done.to_pylist():
        row = rows[place[deed["domain"]]]
        day = int((deed["acted"] - EPOCH) // DAY_SECONDS + rng.integers(1, 6))
        hop = rng.random() < SHARE
        if row["kind"] != CAMPAIGN or NAMES[deed["how"]] == "nothing" or not hop or day >= world.scale.days:
            continue
        label, _, suffix = row["domain"].partition(".")
        relation = str(rng.choice(list(RELATIONS), p=list(RELATIONS.values())))
        new, relation = _varied(rng, label, relation)
        other = [number for number in suffixes if world.actors.tld_names[number] != suffix]
        tld = int(rng.choice(other)) if relation == "same_label" or rng.random() < 0.7 else row["tld"]
        domain = f"{new}.{world.actors.tld_names[tld]}"
        if domain in place:
            continue
        place[domain] = -1
        created = EPOCH + day * DAY_SECONDS + int(rng.integers(600, DAY_SECONDS - 600))
        reported = min(day + int(rng.integers(0, 3)), world.scale.days - 1) if rng.random() < 0.35 else NEVER
        fresh = {"domain": domain, "tld": tld, "day": day, "created": created, "status": ADD_PERIOD, "rcode": 0}
        added.append(row | fresh | {"reported": reported})
        returned.append({"domain": row["domain"], "came_back_as": domain, "relation": relation})
    more = pa.Table.from_pylist(added, schema=world.domains.schema)
    whole = pa.concat_tables([world.domains, more]).combine_chunks()
    whole = whole.take(pc.sort_indices(whole["domain"])).combine_chunks()
    return dataclasses.replace(world, domains=whole), pa.Table.from_pylist(returned, schema=SCHEMA)


def _varied(rng: np.random.Generator, label: str, relation: str) -> tuple[str, str]:
    """A label in another spelling, and how the two correspond: what can't be varied so is varied less."""
    alike = label.translate(_ALIKE)
    if (
        relation == "look_alike"
        and sum(a != b for a, b in zip(label, alike, strict=True)) > 1
        and len(label) >= SHORTEST
    ):
        return alike, relation
    if relation == "same_label" or len(label) < SHORTEST:
        return label, "same_label"
    at = int(rng.integers(1, len(label) - 1))
    letter = str(rng.choice(list(_LETTERS.replace(label[at], ""))))
    swapped = label[: at - 1] + label[at] + label[at - 1] + label[at + 1 :]
    changed = (
        label[:at] + letter + label[at:],
        label[:at] + label[at + 1 :],
        label[:at] + letter + label[at + 1 :],
        swapped if swapped != label else label[:at] + letter + label[at:],
    )[int(rng.integers(4))]
    return changed.strip("-"), "one_edit"
