"""Link: which of the window's domains belong together, and why (design: joint rarity over independent families).

    stage         the method in its order; each step is a query of the same name in `sql`
    components    closure of the kept pairs
    identity      today's clusters take yesterday's ids; lineage
    codename      short readable names for clusters

What doesn't belong here: look-ups (enrich), tests of counts (burst), words for people (report).
"""

from churn.link.stage import run

__all__ = ["run"]
