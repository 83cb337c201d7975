"""The scoreboard's page: names escaped, figures without names name nobody, nothing told is said."""

import datetime as dt

import pytest

from churn.report.page import scoreboard_html
from churn.report.scoreboard import LEAST_RECIPIENTS, board_of
from churn.settings import Settings
from churn.store.database import lake_database, lake_of

DAY = dt.date(2026, 3, 4)
HOSTILE = "Evil <script>alert(1)</script>\u202e=cmd"


def row(key, name, **values):
    given = {
        "day": DAY, "scope": "registrar", "key": key, "name": name, "told": 10, "checked": 8, "acted": 4,
        "by_registrar": 3, "by_hoster": 1, "acted_itself": 3, "active": 4, "median_days": 6.25, "median_days_low": 3.0,
        "median_days_high": None, "back_elsewhere": 2, "back_itself": 0, "by_registry": 0, "by_registrant": 0,
        "by_deleted": 0, "by_unknown": 0,
    }  # fmt: skip
    return given | values


def page(tmp_path, rows, *, names=True, day=DAY):
    settings = Settings(data=tmp_path, clock="day")
    lake_of(settings).write_rows("scoreboard", DAY, "test", rows)
    with lake_database(settings) as con:
        return scoreboard_html(board_of(con, day, names=names))


def test_names_from_outside_are_text(tmp_path):
    html = page(tmp_path, [row("all", None), row("7", HOSTILE)])
    assert "TLP:AMBER+STRICT" in html
    assert "<script>alert" not in html
    assert "\u202e" not in html
    assert "Evil &lt;script&gt;" in html
    assert "6.2 (3.0 to more)" in html
    assert "4 (50 %)" in html or "4 (50%)" in html


@pytest.mark.parametrize(("recipients", "is_shown"), [(LEAST_RECIPIENTS, True), (LEAST_RECIPIENTS - 1, False)])
def test_figures_without_names_name_nobody(tmp_path, recipients, is_shown):
    """Nor do they where so few are counted that the figures are theirs."""
    rows = [row("all", None), *(row(str(number), f"Named {number}") for number in range(recipients))]
    html = page(tmp_path, rows, names=False)
    assert "TLP:CLEAR" in html
    assert "Named" not in html
    assert ("all of them" in html) is is_shown


def test_nothing_told_is_said(tmp_path):
    assert "Nothing was told and checked" in page(tmp_path, [row("all", None)], day=DAY - dt.timedelta(days=1))


def test_most_still_active_has_no_median(tmp_path):
    html = page(tmp_path, [row("all", None, median_days=None, median_days_low=9.0)])
    assert "most still active; at least 9.0" in html
