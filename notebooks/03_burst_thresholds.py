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
# # 03 Burst thresholds against labelled days
#
# How many false alarms does a threshold cost, and how many campaigns does it find? Each day's clusters with newly reported
# members are the questions of a listing burst; a label says which of them are one operator's campaign. Two rules are laid
# beside each other: a plain count ("so many reported in a day") and what the pipeline flags, expectation and all.
#
# Labels come, in this order, from: the lab's truth beside the data (`lab/*/truth.parquet`); a file of your own that
# `LABELS` names (CSV or Parquet with `domain` and `campaign`; in a file with a column `d`, that is the domain);
# `labels/whoisds_labelled.csv` in the folder that `CHURN_CORPORA` names; your own verdicts in the ledger. Names without a
# label are *not* known to be innocent, unless the truth is the lab's.
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
# ## The labels


# %%
LABELS = ""  # a file of your own


def labels() -> tuple[str, duckdb.DuckDBPyRelation]:
    """Which labels there are: a word for people, and rows of `domain` and `campaign`."""
    for truth in sorted(data.glob("lab/*/truth.parquet")):
        return "the lab's truth", db.read_parquet(str(truth)).project("domain, campaign")
    corpus = Path(os.environ.get("CHURN_CORPORA", "")) / "labels" / "whoisds_labelled.csv"
    for file in (Path(LABELS), corpus):
        if file.is_file():
            rows = db.read_parquet(str(file)) if file.suffix == ".parquet" else db.read_csv(str(file))
            return f"labels of {file.name}", rows.project(
                f"{'domain' if 'domain' in rows.columns else 'd'} AS domain, campaign"
            )
    return "verdicts of analysts", db.sql(
        """
        SELECT domain, CASE WHEN arg_max(verdict, given_at) = 'confirmed' THEN cluster_id END AS campaign
        FROM verdict
        INNER JOIN cluster_member ON cluster_member.cluster_id = verdict.subject
        GROUP BY domain, cluster_id
        """
    )


source, given = labels()
db.register("given_label", given.to_arrow_table())
db.execute("CREATE TEMP TABLE label AS SELECT domain, any_value(campaign) AS campaign FROM given_label GROUP BY domain")
print("Labels:", source)
db.sql(
    "SELECT count(*) AS labelled, count(campaign) AS in_a_campaign, count(DISTINCT campaign) AS campaigns FROM label"
).df()

# %% [markdown]
# ## The questions of each day
# A cluster on a day, with how many of its members were first reported on that day, and whether most of its labelled
# members are of one campaign.

# %%
questions = db.sql(
    """
    WITH first_report AS (
        SELECT domain, min(day) AS day FROM sighting WHERE kind = 'reported' GROUP BY domain
    ),
    asked AS (
        SELECT cluster_member.day, cluster_id, label.campaign, label.domain IS NOT NULL AS labelled, first_report.domain IS NOT NULL AS news
        FROM cluster_member
        LEFT JOIN first_report USING (day, domain)
        LEFT JOIN label USING (domain)
    ),
    campaign_of AS (
        SELECT day, cluster_id, mode(campaign) AS campaign FROM asked GROUP BY day, cluster_id
    ),
    counted AS (
        SELECT
            asked.day,
            asked.cluster_id,
            count(*) AS size,
            count(*) FILTER (asked.news) AS reported_today,
            count(*) FILTER (asked.labelled) AS labelled,
            count(*) FILTER (asked.campaign = campaign_of.campaign) AS of_one_campaign,
            any_value(campaign_of.campaign) AS campaign
        FROM asked
        INNER JOIN campaign_of USING (day, cluster_id)
        GROUP BY asked.day, asked.cluster_id
    ),
    flagged AS (
        SELECT day, cluster_id, min(q_value) AS q_value FROM burst WHERE kind = 'listing' GROUP BY day, cluster_id
    )
    SELECT
        counted.* REPLACE (CASE WHEN 2 * of_one_campaign > labelled THEN campaign END AS campaign),
        2 * of_one_campaign > labelled AS is_campaign,
        q_value
    FROM counted
    LEFT JOIN flagged USING (day, cluster_id)
    WHERE reported_today > 0 AND labelled > 0
    ORDER BY reported_today DESC, day, cluster_id
    """
).df()
print(
    f"{len(questions):,} clusters and days with newly reported members, {questions.is_campaign.sum():,} of them of one campaign"
)
questions.head(12)

# %% [markdown]
# ## What each threshold finds, and what it costs
# *Found* is the share of reported campaigns (those with a member reported in a cluster) that some day's alarm names;
# *false* counts alarms on clusters that are no campaign, a day. The rules: at least so many newly reported members; or
# flagged by the pipeline, at its own threshold of q and at stricter ones.

# %%
days = max(db.sql("SELECT count(DISTINCT day) FROM cluster_day").fetchall()[0][0], 1)
campaigns = questions.campaign.dropna().nunique()


def outcome(rule: str, threshold: float, alarms: pd.DataFrame) -> dict[str, object]:
    """One row of the comparison."""
    found = alarms.campaign.dropna().nunique()
    return {
        "rule": rule,
        "threshold": threshold,
        "alarms": len(alarms),
        "campaigns_found": found,
        "share_found": found / campaigns if campaigns else float("nan"),
        "false_alarms": int((~alarms.is_campaign).sum()),
        "false_a_day": float((~alarms.is_campaign).sum()) / days,
    }


rows = [
    outcome("newly reported, at least", least, questions[questions.reported_today >= least])
    for least in (1, 2, 3, 5, 8, 10, 15, 20, 50)
]
rows += [outcome("flagged, q below", q, questions[questions.q_value < q]) for q in (1e-2, 1e-3, 1e-4, 1e-6, 1e-9)]
comparison = pd.DataFrame(rows)
comparison

# %%
alt.Chart(comparison).mark_line(point=True).encode(
    x=alt.X("false_a_day:Q", title="false alarms a day"),
    y=alt.Y("share_found:Q", title="campaigns found", axis=alt.Axis(format="%")),
    color=alt.Color("rule:N", title="rule"),
    order="threshold:Q",
    tooltip=["rule", "threshold", "alarms", "campaigns_found", "false_alarms"],
).properties(width=420, height=240, title=f"{campaigns} reported campaigns over {days} days, labels: {source}")

# %% [markdown]
# ## Each burst: observed against expected
# Above the line is more than expected. Colour says what the label says.

# %%
bursts = db.sql(
    """
    WITH labelled AS (
        SELECT
            day,
            burst_id,
            count(label.domain) AS labelled,
            count(label.campaign) AS in_a_campaign,
            coalesce(2 * count(label.campaign) > nullif(count(label.domain), 0), false) AS is_campaign
        FROM burst_member
        LEFT JOIN label USING (domain)
        GROUP BY day, burst_id
    )
    SELECT
        day,
        kind,
        observed,
        greatest(expected, 0.01) AS expected,
        q_value,
        CASE WHEN coalesce(labelled, 0) = 0 THEN 'no label' WHEN is_campaign THEN 'campaign' ELSE 'no campaign' END AS label
    FROM burst
    LEFT JOIN labelled USING (day, burst_id)
    ORDER BY day, burst_id
    """
).df()
line = (
    alt.Chart(pd.DataFrame({"count": [0.01, 10_000]}))
    .mark_line(strokeDash=[4, 4], color="grey")
    .encode(x=alt.X("count:Q", scale=alt.Scale(type="log")), y=alt.Y("count:Q", scale=alt.Scale(type="log")))
)
points = (
    alt.Chart(bursts)
    .mark_point(filled=True, size=60)
    .encode(
        x=alt.X("expected:Q", title="expected", scale=alt.Scale(type="log")),
        y=alt.Y("observed:Q", title="observed", scale=alt.Scale(type="log")),
        color=alt.Color("label:N", title="label"),
        shape=alt.Shape("kind:N", title="kind"),
        tooltip=["day", "kind", "observed", "expected", "q_value", "label"],
    )
)
(line + points).properties(width=420, height=260)

# %% [markdown]
# ## How early
# From the first alarm on a campaign to the first report of each of its domains, in days: below zero were reported before
# the alarm, above zero were still unreported when it came, and are what the alarm was worth.

# %%
lead = db.sql(
    """
    WITH alarm AS (
        SELECT campaign, min(burst.day) AS alarm_day
        FROM burst
        INNER JOIN burst_member USING (day, burst_id)
        INNER JOIN label USING (domain)
        WHERE campaign IS NOT NULL
        GROUP BY campaign
        HAVING count(*) >= 3
    )
    SELECT date_diff('day', alarm_day, min(sighting.day)) AS days_after_alarm, count(*) OVER () AS domains
    FROM label
    INNER JOIN alarm USING (campaign)
    INNER JOIN sighting USING (domain)
    WHERE sighting.kind = 'reported'
    GROUP BY label.domain, alarm_day
    """
).df()
alt.Chart(lead).mark_bar().encode(
    x=alt.X("days_after_alarm:O", title="first report, days after the campaign's first alarm"),
    y=alt.Y("count()", title="domains"),
).properties(width=420, height=160)
