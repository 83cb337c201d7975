# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 A tour of the day
#
# What an analyst looks at in the first minutes: what came in and whether it may be believed, what burst, the cluster with
# most reported members, who is in it and why, what nobody has reported yet, and who can act. Run `make demo` first, or
# point `CHURN_DATA` at your own data folder. The tables are described in `docs/data-dictionary.md` and in the database
# itself (`FROM duckdb_columns()`).
#
# *How to run it.* This file is a notebook in jupytext's percent format: cells begin with `# %%`. Open it in Jupyter with
# "Open With → Notebook", or pair it once with `jupytext --sync FILE.py`: from then on the `.ipynb` beside it has the
# outputs (and stays out of git, since outputs name domains) and this script has the text, and saving either brings the
# other up to date. `docs/notebooks.md` says more. The database is opened **read-only**: nothing here blocks the pipeline,
# and the pipeline never blocks a notebook. `CHURN_DATA` names the data folder; without it, `data/` of the checkout is read.
#
# *What it shows is TLP:AMBER+STRICT.* A cluster is a hypothesis: *related* is not *guilty*. Names and values are defanged;
# keep them so in what you show, and never open one.

# %%
import os
from pathlib import Path

import altair as alt
import duckdb

alt.renderers.enable("svg")  # the default would load a script from outside
alt.data_transformers.disable_max_rows()
data = Path(os.environ.get("CHURN_DATA", "../data" if Path("../data").is_dir() else "data"))
db = duckdb.connect(str(data / "warehouse" / "churn.duckdb"), read_only=True)
db.execute("SET TimeZone = 'UTC'")
# outside text for people: control and bidirectional characters replaced; `shown` takes the life out of names too
db.execute(r"CREATE TEMP MACRO plain(text) AS left(regexp_replace(text, '[\p{C}\p{Zl}\p{Zp}]', chr(65533), 'g'), 120)")
db.execute("CREATE TEMP MACRO shown(text) AS replace(replace(plain(text), '.', '[.]'), '@', '[@]')")
((last_day,),) = db.sql("SELECT max(day) FROM cluster_day").fetchall()
print("The last linked day is", last_day)
day = last_day  # or another one: datetime.date(2026, 3, 7)

# %% [markdown]
# ## What came in
# Domains by day and kind. A feed that is stale, shrunken or repeated has a gate that says so, and its names are not
# counted as news.

# %%
sightings = db.sql(
    "SELECT day, kind, count(DISTINCT domain) AS domains FROM sighting GROUP BY day, kind ORDER BY day, kind"
).df()
alt.Chart(sightings).mark_bar().encode(
    x=alt.X("yearmonthdate(day):T", title="day"),
    y=alt.Y("domains:Q", title="domains"),
    row=alt.Row("kind:N", title=None),
).resolve_scale(y="independent").properties(height=90, width=420)

# %%
db.sql(
    "SELECT day, feed, rows, new_rows, round(freshness_hours, 1) AS freshness_hours, gate FROM feed_day ORDER BY day DESC, feed LIMIT 14"
).df()

# %% [markdown]
# ## What was learned, and what was not
# A failed look-up is a row: *absent* and *not obtained* are different answers, and *not asked* is a third.

# %%
lookups = db.sql(
    "SELECT kind, outcome, count(*) AS tries FROM lookup WHERE day = $day GROUP BY ALL ORDER BY kind, tries DESC",
    params={"day": day},
).df()
alt.Chart(lookups).mark_bar().encode(
    x=alt.X("tries:Q", title="tries, of each kind", stack="normalize", axis=alt.Axis(format="%")),
    y=alt.Y("kind:N", title=None),
    color=alt.Color("outcome:N", title="outcome"),
    tooltip=["kind", "outcome", "tries"],
).properties(width=420)

# %% [markdown]
# ## The bursts of the day
# Observed against expected, with one false-discovery rate over all tests of the day: of bursts with q below 0.01, at most
# one in a hundred is chance.

# %%
db.sql(
    """
    SELECT kind, cluster_id, observed, round(expected, 2) AS expected, q_value, reported_members, plain(story) AS story
    FROM burst
    WHERE day = $day
    ORDER BY q_value, burst_id
    """,
    params={"day": day},
).df()

# %% [markdown]
# ## The cluster with most reported members: who is in it, and why
# Each membership has its ledger: the shared value, how many domains of the window have it, how many of those are members.
# A value that few domains have and nearly all of them here is a strong reason; one that thousands have elsewhere is not.

# %%
((top,),) = db.sql(
    "SELECT arg_max(cluster_id, (reported_members, cluster_id)) FROM cluster_day WHERE day = $day", params={"day": day}
).fetchall()
db.sql(
    """
    SELECT family, field, shown(value) AS value, any_value(domains_with_value) AS domains_with_value, count(*) AS members, round(avg(weight), 1) AS weight
    FROM link
    WHERE day = $day AND cluster_id = $top
    GROUP BY family, field, link.value
    ORDER BY members DESC, field, value
    LIMIT 12
    """,
    params={"day": day, "top": top},
).df()

# %%
members = db.sql(
    """
    SELECT shown(domain) AS domain, role, round(score, 3) AS score, reported, holds_without_strongest
    FROM cluster_member
    WHERE day = $day AND cluster_id = $top
    ORDER BY score DESC, domain
    """,
    params={"day": day, "top": top},
).df()
print(
    f"{top}: {len(members):,} members, {members.reported.sum():,} of them reported; {members.holds_without_strongest.mean():.0%} hold without their strongest link"
)
alt.Chart(members).mark_bar().encode(
    x=alt.X("score:Q", bin=alt.Bin(step=0.02), title="probability that it is of the same operator"),
    y=alt.Y("count()", title="members"),
    color=alt.Color("reported:N", title="reported"),
).properties(height=160, width=420)

# %% [markdown]
# ## How it grew
# When its members were first seen registered, and when they were first reported.

# %%
growth = db.sql(
    """
    SELECT CAST(seen_at AS DATE) AS seen, kind, count(DISTINCT domain) AS domains
    FROM sighting
    SEMI JOIN (FROM cluster_member WHERE day = $day AND cluster_id = $top) AS member USING (domain)
    GROUP BY ALL
    ORDER BY ALL
    """,
    params={"day": day, "top": top},
).df()
alt.Chart(growth).mark_bar().encode(
    x=alt.X("yearmonthdate(seen):T", title="day"),
    y=alt.Y("domains:Q", title="members"),
    color=alt.Color("kind:N", title=None),
    xOffset="kind:N",
).properties(height=120, width=420)

# %% [markdown]
# ## What nobody has reported yet
# The likeliest siblings: unreported, and most probably of those who were reported. Not alleged: for a second look.

# %%
db.sql(
    """
    SELECT shown(domain) AS domain, basis, round(probability, 3) AS probability
    FROM sibling
    WHERE day = $day AND cluster_id = $top
    ORDER BY sibling.probability DESC, domain
    LIMIT 15
    """,
    params={"day": day, "top": top},
).df()

# %% [markdown]
# ## Who can act
# Sponsors of its members, as far as registration data was obtained.

# %%
db.sql(
    """
    SELECT plain(registrar) AS registrar, registrar_iana_id, count(DISTINCT domain) AS domains
    FROM registration
    SEMI JOIN (FROM cluster_member WHERE day = $day AND cluster_id = $top) AS member USING (domain)
    GROUP BY ALL
    ORDER BY domains DESC, registrar
    """,
    params={"day": day, "top": top},
).df()
