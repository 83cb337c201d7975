# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A tour of the day
#
# This notebook opens the published database **read-only**: it never blocks the pipeline, and the pipeline never blocks
# it. Run `make demo` first, or point `CHURN_DATA` at your own data folder. The tables and their columns are described in
# the data dictionary, and in the database itself.
#
# A cluster is a hypothesis: *related* is not *guilty*. Names are defanged for reading; keep it so in what you show.

# %%
import os
from pathlib import Path

import altair as alt
import duckdb

alt.renderers.enable("svg")  # the default would load a script from outside
data = Path(os.environ.get("CHURN_DATA", "../data" if Path("../data").is_dir() else "data"))
db = duckdb.connect(str(data / "warehouse" / "churn.duckdb"), read_only=True)
db.execute("SET TimeZone = 'UTC'")
((day,),) = db.sql("SELECT max(day) FROM cluster_day").fetchall()
print("The last linked day is", day)

# %% [markdown]
# ## What came in
# Sightings by day and kind, and whether the feeds could be believed.

# %%
sightings = db.sql("SELECT day, kind, count(DISTINCT domain) AS domains FROM sighting GROUP BY day, kind ORDER BY day, kind").df()
alt.Chart(sightings).mark_bar().encode(
    x=alt.X("yearmonthdate(day):T", title="day"),
    y=alt.Y("domains:Q", title="domains"),
    row=alt.Row("kind:N", title=None),
).resolve_scale(y="independent").properties(height=90, width=420)

# %%
db.sql("SELECT day, feed, rows, new_rows, gate FROM feed_day ORDER BY day, feed").df()

# %% [markdown]
# ## What was learned, and what was not
# A failed look-up is a row: *absent* and *not obtained* are different answers.

# %%
db.sql("SELECT kind, outcome, count(*) AS tries FROM lookup WHERE day = $day GROUP BY ALL ORDER BY ALL", params={"day": day}).df()

# %% [markdown]
# ## The bursts of the day
# Observed against expected, with one false-discovery rate over all tests of the day.

# %%
bursts = db.sql(
    "SELECT kind, cluster_id, observed, expected, q_value, reported_members, story FROM burst WHERE day = $day ORDER BY q_value",
    params={"day": day},
).df()
bursts

# %% [markdown]
# ## The largest cluster: who is in it, and why
# Each membership has its ledger: the shared value, how many domains of the window have it, how many of those are members.

# %%
((top,),) = db.sql("SELECT arg_max(cluster_id, reported_members) FROM cluster_day WHERE day = $day", params={"day": day}).fetchall()
db.sql(
    """
    SELECT family, field, value, any_value(domains_with_value) AS domains_with_value, count(*) AS members, avg(weight) AS weight
    FROM link
    WHERE day = $day AND cluster_id = $top
    GROUP BY ALL
    ORDER BY members DESC
    LIMIT 12
    """,
    params={"day": day, "top": top},
).df()

# %%
members = db.sql(
    """
    SELECT replace(domain, '.', '[.]') AS domain, role, score, reported, holds_without_strongest
    FROM cluster_member
    WHERE day = $day AND cluster_id = $top
    """,
    params={"day": day, "top": top},
).df()
print(f"{len(members):,} members, {members.reported.sum():,} of them reported; {members.holds_without_strongest.mean():.0%} hold without their strongest link")
alt.Chart(members).mark_bar().encode(
    x=alt.X("score:Q", bin=alt.Bin(maxbins=20), title="score of the membership"),
    y=alt.Y("count()", title="members"),
    color=alt.Color("reported:N", title="reported"),
).properties(height=160, width=420)

# %% [markdown]
# ## Who can act
# Sponsors of its members, as far as registration data was obtained.

# %%
db.sql(
    """
    SELECT registrar, registrar_iana_id, count(DISTINCT domain) AS domains
    FROM registration
    INNER JOIN cluster_member USING (domain)
    WHERE cluster_member.day = $day AND cluster_id = $top
    GROUP BY ALL
    ORDER BY domains DESC
    """,
    params={"day": day, "top": top},
).df()
