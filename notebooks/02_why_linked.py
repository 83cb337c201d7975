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
# # 02 Why linked
#
# One domain and its cluster: what ties it to the others, how much each tie says, what would remain without the strongest,
# and what is not known. The same facts as `churn explain DOMAIN`, with room to take them apart.
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

# %% [markdown]
# ## The question
# Leave `DOMAIN` empty for the surest member that nobody has reported, of the cluster with most reported members.

# %%
DOMAIN = ""

day = last_day
((default,),) = db.sql(
    """
    SELECT arg_max(domain, (reported_members, NOT coalesce(reported, false), score, domain))
    FROM cluster_member
    INNER JOIN cluster_day USING (day, cluster_id)
    WHERE day = $day
    """,
    params={"day": day},
).fetchall()
subject = DOMAIN.strip().lower().replace("[.]", ".") or default
membership = db.sql(
    """
    SELECT cluster_id, plain(name) AS name, size, reported_members, role, round(score, 3) AS score, reported, holds_without_strongest
    FROM cluster_member
    INNER JOIN cluster_day USING (day, cluster_id)
    WHERE day = $day AND domain = $domain
    """,
    params={"day": day, "domain": subject},
).df()
print(str(subject).replace(".", "[.]"), "as of", day)
membership

# %% [markdown]
# ## Its ledger
# The weight is what the linking gave the link: the larger, the harder it is to explain the shared value by chance, by its
# count in the window and by what registrars are used to do. Values of one family are not independent of each other, so
# their weights don't add up.

# %%
ledger = db.sql(
    """
    SELECT family, field, shown(value) AS value, domains_with_value, in_cluster, round(weight, 2) AS weight, source, observed_at
    FROM link
    WHERE day = $day AND domain = $domain
    ORDER BY link.weight DESC, field, value
    """,
    params={"day": day, "domain": subject},
).df()
ledger

# %%
counts = ledger.assign(
    elsewhere=ledger.domains_with_value - ledger.in_cluster, label=ledger.field + ": " + ledger.value.str.slice(0, 36)
)
counts = counts.melt(
    id_vars=["label", "family", "weight"],
    value_vars=["in_cluster", "elsewhere"],
    var_name="where",
    value_name="domains",
)
surprise = (
    alt.Chart(ledger.assign(label=ledger.field + ": " + ledger.value.str.slice(0, 36)))
    .mark_bar()
    .encode(
        x=alt.X("weight:Q", title="weight of the link (nats)"),
        y=alt.Y("label:N", sort="-x", title=None, axis=alt.Axis(labelLimit=280)),
        color=alt.Color("family:N", title="family"),
    )
    .properties(width=220, title="How much each value says")
)
holders = (
    alt.Chart(counts)
    .mark_bar()
    .encode(
        x=alt.X("domains:Q", title="domains that have it"),
        y=alt.Y(
            "label:N", sort=alt.EncodingSortField("weight", order="descending"), title=None, axis=alt.Axis(labels=False)
        ),
        color=alt.Color(
            "where:N", title="where", scale=alt.Scale(domain=["in_cluster", "elsewhere"], range=["#2a6f97", "#d9d9d9"])
        ),
    )
    .properties(width=220, title="Who has it")
)
(surprise | holders).resolve_scale(color="independent")

# %% [markdown]
# ## What if the strongest were not?
# `holds_without_strongest` was found by taking the value away and linking again. Of the cluster's members: how many hold,
# by the field of their strongest link. A cluster whose members all hang on one value stands or falls with it.

# %%
top = membership.cluster_id.iloc[0] if len(membership) else None
strongest = db.sql(
    """
    WITH strongest AS (
        SELECT domain, arg_max(field, (weight, field)) AS field FROM link WHERE day = $day AND cluster_id = $top GROUP BY domain
    )
    SELECT strongest.field, holds_without_strongest AS holds, count(*) AS members
    FROM cluster_member
    INNER JOIN strongest USING (domain)
    WHERE day = $day AND cluster_id = $top
    GROUP BY ALL
    ORDER BY ALL
    """,
    params={"day": day, "top": top},
).df()
alt.Chart(strongest).mark_bar().encode(
    x=alt.X("members:Q"),
    y=alt.Y("field:N", title="strongest link"),
    color=alt.Color("holds:N", title="holds without it"),
).properties(width=420)

# %% [markdown]
# ## Which kinds of evidence come together
# Of each pair of families, how many members have links of both. Core members need two independent families that occur
# together more than chance explains; `attached` ones hang on one value of the cluster's own.

# %%
pairs = db.sql(
    """
    WITH held AS (SELECT DISTINCT domain, family FROM link WHERE day = $day AND cluster_id = $top)
    SELECT one.family AS family, other.family AS other, count(*) AS members
    FROM held AS one
    INNER JOIN held AS other USING (domain)
    GROUP BY ALL
    ORDER BY ALL
    """,
    params={"day": day, "top": top},
).df()
base = alt.Chart(pairs).encode(x=alt.X("family:N", title=None), y=alt.Y("other:N", title=None))
(
    base.mark_rect().encode(color=alt.Color("members:Q")) + base.mark_text(fontSize=11).encode(text="members:Q")
).properties(width=280, height=200)

# %% [markdown]
# ## What is not known of it, and why
# *Absent* is an answer; *not obtained* is none. A link that rests on a field which was not obtained for most of the window
# is rarer in the books than in the world.

# %%
db.sql(
    "SELECT field, state, why, source, observed_at FROM knowledge WHERE domain = $domain ORDER BY state, field",
    params={"domain": subject},
).df()

# %% [markdown]
# ## The day before, and the day before that
# When it came to the cluster, and how sure the membership was.

# %%
db.sql(
    """
    SELECT day, cluster_id, role, round(score, 3) AS score, reported, holds_without_strongest
    FROM cluster_member
    WHERE domain = $domain
    ORDER BY day
    """,
    params={"domain": subject},
).df()
