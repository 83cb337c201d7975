"""Short readable names for clusters: two plain words from the id, so that people can say them on the telephone.

Deliberately colourless words: the subject must not be made picturesque, nor a cluster called after its domains.
"""

from __future__ import annotations

import hashlib

_FIRST = tuple(
    """
    amber ash birch blue bright broad calm cedar clear cobalt cold copper coral crisp deep dry dusky
    early even far fern flat fresh frost gold grey high indigo iron ivory jade late level light lilac
    linen long low maple mild moss near north oak olive open opal pale pine plain quiet red round sage
    salt sand silver slate slow south steel
    """.split()
)
_SECOND = tuple(
    """
    arch bank basin bay beam bell bend bluff bridge brook canal cape cliff coast cove creek crest dale
    delta dune falls field fjord flint ford gate glen grove gulf harbor heath hill inlet isle knoll
    lagoon lake lane ledge loch marsh meadow mesa mill moor mound pass path peak pier plain pond port
    quay reef ridge rill rock shoal shore sound spur stone strand
    """.split()
)


def codename(cluster_id: str) -> str:
    """Two words for an id, always the same: about 4,000 pairs, so the id stays the identity."""
    digest = hashlib.sha256(cluster_id.encode()).digest()
    return f"{_FIRST[digest[0] * len(_FIRST) // 256]} {_SECOND[digest[1] * len(_SECOND) // 256]}"
