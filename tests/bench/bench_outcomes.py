"""What becomes of what is told: 60 days of the lab's `season`, in which people act, as one JSON object.

    churn bench outcomes                      the whole season, seed 1
    churn bench outcomes --days 30 --seed 2   its first days, another world
    churn bench outcomes --clusters truth     without linking: each campaign a cluster

Facts go straight into a lake (in a temporary folder, or --data DIR, which must be new); linking, bursts, packets, the
plans of re-checks and outcomes are the real stages. Registrars, registries, hosters and registrants act on reported
domains some hours to weeks after the report, and two fifths of the campaigns' domains come back under a like name;
three in a hundred questions of a check bring no answer. A burst is of 4 domains and more: the world is narrow.

Each domain is told to its registrar and to its hoster. The figures: how many were told again within `repeat_days`,
and of them without a change between; the share of checked tellings whose actor is the true one (`right`;
`right_of_acted`: of those where somebody had acted); of those seen to be over, the share where the true instant lies
in the interval that is told; of the domains that came back, the share that is linked, by how the names correspond;
and of all pairs that are said to correspond the share of one owner, apart for pairs that more than the name ties.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from followed.figures import figures
from followed.replay import clusters_of_truth, replay, season

from churn.settings import load_settings


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", default="season")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int)
    parser.add_argument("--clusters", choices=["linked", "truth"], default="linked")
    parser.add_argument("--data", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data=given.data or Path(folder), clock="day", registration_budget=500, burst_least=4)
        started = time.monotonic()
        this = season(given.world, given.seed)
        cluster = clusters_of_truth(this, settings) if given.clusters == "truth" else None
        replay(this, settings, this.world.days[: given.days], cluster)
        told = {"world": given.world, "seed": given.seed, "days": given.days or this.world.scale.days}
        seconds = round(time.monotonic() - started, 1)
        print(json.dumps(told | {"seconds": seconds} | figures(this, settings), indent=1, default=str))


if __name__ == "__main__":
    main()
