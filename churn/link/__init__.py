"""Link: which of the window's domains belong together, and why (design: joint rarity over independent families).

    stage         the method in its order; each step is a query of the same name in `sql`
    fields        the fields of evidence and their families
    traits        what each day's domains show, as numbers, kept by day
    forms         what the name of a domain looks like (segment*, and what all stages may ask of labels: `churn.labels`)
    engine        what runs the steps
    components    closure of the kept pairs
    score         how probable a membership is
    identity      today's clusters take yesterday's ids; lineage by common domains
    lineage       hops: lineage by names and owners
    codename      short readable names for clusters

What doesn't belong here: look-ups (enrich), tests of counts (burst), words for people (report).
"""

from churn.link.stage import run

__all__ = ["run"]
