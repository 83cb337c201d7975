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
# # 05 Your own question
#
# Ten questions that analysts ask, as templates: change the parameters, run the cell, and make your own out of the one that
# is nearest. For one domain, one value or one cluster, `churn explain`, `churn pivot` and `churn cluster` are faster.
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
import pandas as pd

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
# ## Parameters
# Empty ones get a default out of the data. `DAYS` is how far back a question goes.

# %%
DAY = None  # datetime.date(2026, 3, 8); None: the last linked day
DAYS = 30
CLUSTER = ""  # c-20260308-…; empty: the cluster with most reported members
REGISTRAR = None  # IANA id; None: the sponsor of most reported domains
FIELD, VALUE = "address", ""  # a field of the ledger and its value; empty: the cluster's own that most members share
NAME = ""  # a domain whose look-alikes are wanted; empty: a reported one of the day
ENDING = ""  # a top-level domain; empty: the one with most reported domains
LEAST = 5  # fewest domains of a row

# %%
day = DAY or last_day


def ask(question: str) -> pd.DataFrame:
    """The answer to a question as a table; `$day`, `$since` and the other parameters may stand in it."""
    relation = db.sql(question, params={name: value for name, value in asked.items() if f"${name}" in question})
    return relation.df()


def first(question: str) -> object:
    """The first value of an answer; None where there is none."""
    rows = ask(question)
    return None if rows.empty or rows.isna().iloc[0, 0] else rows.iloc[0, 0]


asked = {"day": day, "days": DAYS, "least": LEAST}
asked["cluster"] = CLUSTER or first(
    "SELECT arg_max(cluster_id, (reported_members, cluster_id)) FROM cluster_day WHERE day = $day"
)
registrar = REGISTRAR or first(
    """
    SELECT registrar_iana_id
    FROM registration
    SEMI JOIN (FROM sighting WHERE kind = 'reported') AS reported USING (domain)
    WHERE registrar_iana_id IS NOT NULL
    GROUP BY ALL
    ORDER BY count(*) DESC, registrar_iana_id
    """
)
asked["registrar"] = None if registrar is None else int(registrar)
asked["field"] = FIELD
asked["value"] = VALUE or first(
    "SELECT value FROM link WHERE day = $day AND cluster_id = $cluster AND field = $field GROUP BY ALL ORDER BY count(*) DESC, value"
)
asked["name"] = NAME.replace("[.]", ".") or first(
    "SELECT min(domain) FROM sighting WHERE day = $day AND kind = 'reported'"
)
asked["ending"] = ENDING or first(
    "SELECT split_part(domain, '.', -1) FROM sighting WHERE kind = 'reported' GROUP BY ALL ORDER BY count(*) DESC, 1"
)
{name: str(value).replace(".", "[.]") for name, value in asked.items()}

# %% [markdown]
# ## 1. Which reported domains of the day are in no cluster?
# Alone as far as is known: what was not obtained of them may be why.

# %%
ask(
    """
    SELECT shown(sighting.domain) AS domain, plain(any_value(feed)) AS feed, plain(any_value(label)) AS label, min(seen_at) AS seen_at
    FROM sighting
    ANTI JOIN (FROM cluster_member WHERE day = $day) AS member USING (domain)
    WHERE sighting.day = $day AND kind = 'reported'
    GROUP BY sighting.domain
    ORDER BY seen_at, domain
    LIMIT 20
    """
)

# %% [markdown]
# ## 2. Which clusters grow fastest?

# %%
ask(
    """
    SELECT cluster_id, plain(name) AS name, size, new_members, reported_members, size - reported_members AS unreported, first_day
    FROM cluster_day
    WHERE day = $day AND size >= $least
    ORDER BY new_members DESC, cluster_id
    LIMIT 15
    """
)

# %% [markdown]
# ## 3. Which unreported siblings does one registrar sponsor?

# %%
ask(
    """
    SELECT shown(domain) AS domain, cluster_id, basis, round(probability, 3) AS probability
    FROM sibling
    SEMI JOIN (FROM registration WHERE registrar_iana_id = $registrar) AS sponsored USING (domain)
    WHERE day = $day
    ORDER BY sibling.probability DESC, domain
    LIMIT 20
    """
)

# %% [markdown]
# ## 4. Where does a value occur, and in whose hands?
# A value of the ledger, over the clusters and days that it links.

# %%
ask(
    """
    SELECT day, cluster_id, shown(any_value(value)) AS value, any_value(domains_with_value) AS domains_with_value, count(*) AS members
    FROM link
    WHERE field = $field AND value = $value AND day > $day - CAST($days AS INTEGER)
    GROUP BY day, cluster_id
    ORDER BY day DESC, members DESC
    LIMIT 20
    """
)

# %% [markdown]
# ## 5. Which names look like this one?
# The same skeleton (characters that are mistaken for each other are one), the same stem, under any ending.

# %%
ask(
    """
    WITH subject AS (SELECT skeleton, stem FROM name_form WHERE domain = $name LIMIT 1)
    SELECT shown(name_form.domain) AS domain, min(name_form.day) AS first_day, bool_or(name_form.skeleton = subject.skeleton) AS same_skeleton
    FROM name_form
    CROSS JOIN subject
    WHERE name_form.skeleton = subject.skeleton OR name_form.stem = subject.stem
    GROUP BY name_form.domain
    ORDER BY first_day, domain
    LIMIT 20
    """
)

# %% [markdown]
# ## 6. How long from registration to the first report?
# Of domains that both kinds of feed have seen. The short ones are where a day's head start counts.

# %%
ages = ask(
    """
    SELECT greatest(0, date_diff('hour', created_at, first_reported_at)) / 24 AS days, tld
    FROM domain
    WHERE first_reported_at IS NOT NULL AND created_at IS NOT NULL AND first_reported_at >= created_at
    """
)
alt.Chart(ages[ages.days < 60]).mark_bar().encode(
    x=alt.X("days:Q", bin=alt.Bin(maxbins=60), title="days from creation to the first report"),
    y=alt.Y("count()", title="domains"),
).properties(
    width=420,
    height=160,
    title=f"{len(ages):,} reported domains with a creation date, {(ages.days >= 60).sum():,} of them older than 60 days",
)

# %% [markdown]
# ## 7. Which registrars sponsor most of what is reported, by share of what they sponsor?

# %%
ask(
    """
    SELECT
        registrar_iana_id,
        plain(any_value(registrar)) AS registrar,
        count(DISTINCT registration.domain) AS seen,
        count(DISTINCT reported.domain) AS reported,
        round(100 * count(DISTINCT reported.domain) / count(DISTINCT registration.domain), 1) AS percent
    FROM registration
    LEFT JOIN (SELECT DISTINCT domain FROM sighting WHERE kind = 'reported') AS reported ON reported.domain = registration.domain
    GROUP BY registrar_iana_id
    HAVING count(DISTINCT reported.domain) >= $least
    ORDER BY percent DESC, reported DESC
    LIMIT 15
    """
)

# %% [markdown]
# ## 8. Where do a cluster's members live, and since when?

# %%
hosts = ask(
    """
    SELECT hosting.day, plain(coalesce(as_name[1], 'not obtained')) AS network, count(DISTINCT domain) AS domains
    FROM hosting
    SEMI JOIN (FROM cluster_member WHERE day = $day AND cluster_id = $cluster) AS member USING (domain)
    WHERE hosting.day > $day - CAST($days AS INTEGER)
    GROUP BY ALL
    ORDER BY day, domains DESC
    """
)
alt.Chart(hosts).mark_bar().encode(
    x=alt.X("yearmonthdate(day):T", title="day of the answer"),
    y=alt.Y("domains:Q", title="members"),
    color=alt.Color("network:N", title="network"),
).properties(width=420, height=160)

# %% [markdown]
# ## 9. Under one ending: what was registered, reported, and linked, day by day?

# %%
ask(
    """
    SELECT
        sighting.day,
        count(DISTINCT sighting.domain) FILTER (kind = 'registered') AS registered,
        count(DISTINCT sighting.domain) FILTER (kind = 'reported') AS reported,
        count(DISTINCT member.domain) AS in_a_cluster
    FROM sighting
    LEFT JOIN (SELECT DISTINCT domain FROM cluster_member WHERE day = $day) AS member USING (domain)
    WHERE split_part(sighting.domain, '.', -1) = $ending
    GROUP BY sighting.day
    ORDER BY sighting.day DESC
    LIMIT $days
    """
)

# %% [markdown]
# ## 10. Who does not answer us?
# Endpoints by failed tries: what is not obtained there is not *absent*.

# %%
ask(
    """
    SELECT
        kind,
        shown(endpoint) AS endpoint,
        count(*) AS tries,
        count(*) FILTER (outcome NOT IN ('ok', 'not_found')) AS failed,
        mode(outcome) FILTER (outcome NOT IN ('ok', 'not_found')) AS how,
        round(median(elapsed_ms)) AS median_ms
    FROM lookup
    WHERE day = $day AND NOT starts_with(outcome, 'skipped')
    GROUP BY kind, lookup.endpoint
    HAVING count(*) >= $least
    ORDER BY failed DESC, tries DESC
    LIMIT 15
    """
)
