"""The picture of the runs: seconds and memory by number of domains, both on logarithmic scales."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd


def plot(runs: list[dict[str, Any]], file: Path) -> None:
    """Write the picture; the ending of the file's name says in which format."""
    rows = pd.DataFrame([run for run in runs if run["wall_seconds"]])
    sizes = alt.Axis(values=sorted(rows["domains"].unique().tolist()), format="~s")
    charts = [
        alt.Chart(rows)
        .mark_line(point=True)
        .encode(
            x=alt.X("domains:Q", scale=alt.Scale(type="log"), axis=sizes, title="domains"),
            y=alt.Y(f"{column}:Q", scale=alt.Scale(type="log"), title=title),
            color=alt.Color(
                "name:N", title=None, scale=alt.Scale(scheme="tableau20"), legend=alt.Legend(labelLimit=300)
            ),
        )
        .properties(width=320, height=280)
        for column, title in (("wall_seconds", "seconds"), ("peak_gb", "peak memory, GB"))
    ]
    beside_names = {"left": 5, "top": 5, "bottom": 5, "right": 40}  # other fonts than ours are wider
    alt.hconcat(*charts).properties(padding=beside_names).save(file)
