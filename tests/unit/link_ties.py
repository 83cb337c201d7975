"""Components of ties that a test gives."""

import numpy as np
import pyarrow as pa

from churn.link.components import components

TIE = pa.schema([("knot", pa.int64()), ("place", pa.int32())])


def found_among(ties, reported, part=7):
    """The components of pairs (knot, domain), handed over in parts of so many rows."""
    ids = np.array(sorted({domain for _, domain in ties}), dtype=np.int64)
    places = np.searchsorted(ids, np.array([domain for _, domain in ties], dtype=np.int64))
    table = pa.table({"knot": [knot for knot, _ in ties], "place": places}).cast(TIE)
    in_parts = pa.Table.from_batches(table.to_batches(max_chunksize=part), TIE)
    return components(ids, np.isin(ids, list(reported)), in_parts)
