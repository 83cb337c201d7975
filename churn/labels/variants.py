"""Which labels are variants of given ones, and how: the same for hops, siblings, what is watched, and who came back.

1. A variant is the same label (under another suffix), one that is mistaken for it, hyphens left aside, or one that is
   one edit off.
2. Labels of less than six characters have none: they are that near to each other by chance.
3. Labels that differ in digits alone are a counter's. They are told, as such: that there are many tells something too.

What doesn't belong here: the folding of characters (`skeletons`), the search for edits (`edits`), and what follows.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from churn.labels.edits import SHORTEST, near
from churn.labels.skeletons import skeletons

SAME, COUNTER, MISTAKEN, EDIT = "same", "counter", "mistaken", "edit"


def variants(
    given: pa.Array | pa.ChunkedArray, names: pa.Array | pa.ChunkedArray, *, edits_of_skeletons: bool = False
) -> pa.Table:
    """Pairs (given_label, label, how) of labels that are alike, each once, in their order.

    `how` is the first that holds of same, counter, mistaken and edit. With `edits_of_skeletons` an edit is one of what
    is left when look-alikes are folded, so that a label may differ by look-alikes, hyphens and an edit at once.
    """
    seeds, others = _folded("given_label", given), _folded("label", names)
    if edits_of_skeletons:
        edits = near(seeds["skeleton"], others["skeleton"]).rename_columns(["skeleton", "seed"])
        edits = others.join(edits, "skeleton", join_type="inner")  # the table on the right is hashed: the smaller
        edits = edits.join(seeds.rename_columns(["given_label", "seed"]), "seed", join_type="inner")
    else:
        edits = near(seeds["given_label"], others["label"]).rename_columns(["label", "given_label"])
    alike = others.join(seeds, "skeleton", join_type="inner")
    columns = ["given_label", "label"]
    pairs = pa.concat_tables([alike.select(columns), edits.select(columns)]).group_by(columns).aggregate([])
    pairs = pairs.sort_by([(column, "ascending") for column in columns])
    return pairs.append_column("how", _how(pairs["given_label"], pairs["label"]))


def _folded(name: str, labels: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Each label that may have variants, and its skeleton; where it can't be folded, itself."""
    each = pc.unique(labels.cast(pa.string()))
    each = each.filter(pc.greater_equal(pc.utf8_length(each), SHORTEST))
    return pa.table({name: each, "skeleton": _skeletons(each)})


def _skeletons(labels: pa.StringArray) -> pa.StringArray:
    return pc.coalesce(skeletons(labels), labels)


def _how(given: pa.ChunkedArray, labels: pa.ChunkedArray) -> pa.ChunkedArray:
    undigited = (pc.replace_substring_regex(each, "[0-9]+", "") for each in (given, labels))
    folded = (_skeletons(each.combine_chunks()) for each in (given, labels))
    holds = pc.make_struct(pc.equal(given, labels), pc.equal(*undigited), pc.equal(*folded))
    return pc.case_when(holds, SAME, COUNTER, MISTAKEN, EDIT)
