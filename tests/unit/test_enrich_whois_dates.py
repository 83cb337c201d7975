"""Dates of WHOIS answers: every spelling that can be read in one way only, and none that can't."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.whois import parse_whois
from churn.enrich.meaning.whois_dates import Order, order_in, read_date
from churn.pseudonyms import Pseudonymiser

HASHES = Pseudonymiser(b"k" * 32)
DAY = dt.datetime(2010, 2, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    """\
2010-02-04
2010/02/04
2010.02.04
2010. 02. 04.
20100204
20100204 #123
0-TEST 20100204
2010年2月4日
4.2.2010
04.02.2010 00:00:00
04-Feb-2010
4 Feb 2010
4th February 2010
Thursday 4th Feb 2010
Thu Feb 04 2010
February 4 2010
February 04, 2010
Feb 4, 2010
2010-Feb-04.
4 de febrero de 2010
4 février 2010
2010-02-04 (YYYY-MM-DD)
"2010-02-04T00:00:00Z"
2010-02-04T00-00-00Z
hostmaster@registry.example 20100204
""".splitlines(),
)
def test_one_day_in_many_spellings(text):
    assert read_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2010-02-04T12:30:00Z", 12, 30),
        ("2010-02-04T12:30:00.5+02:00", 10, 30),
        ("2010-02-04T12:30:00-0500", 17, 30),
        ("2010-02-04 12:30:00+02", 10, 30),
        ("2010-02-04 12:30:00 (UTC+8)", 4, 30),
        ("2010-02-04 12:30:00 (GMT+0:00)", 12, 30),
        ("2010/02/04 12:30:00 (JST)", 3, 30),
        ("2010-02-04-T12:30:00Z", 12, 30),
        ("2010-02-04/12:30:00", 12, 30),
        ("04.02.2010 12:30:00", 12, 30),
        ("04 Feb 2010 12:30 WAT", 11, 30),
        ("04-Feb-2010 12:30:00 UTC", 12, 30),
        ("Thu Feb 04 12:30:00 GMT 2010", 12, 30),
        ("Feb 4 05:30:00 PDT 2010", 12, 30),
        ("2010.02.04 12:30:00 MSK", 9, 30),
        ("04-Feb-2010 01:30:00 PM", 13, 30),
        ("20100204123000", 12, 30),
        ("20100204 12:30:00", 12, 30),
        ("4 de febrero de 2010 (12:30:10 GMT)", 12, 30),
        ("2010-02-04 12:30:00 XYZ", 12, 30),  # an unknown zone is none
    ],
)
def test_times_and_their_zones(text, hour, minute):
    moment = read_date(text)
    assert (moment.date(), moment.hour, moment.minute) == (DAY.date(), hour, minute)


@pytest.mark.parametrize(
    "text",
    ["", "-", "N/A", "before Aug-1996", "0000-00-00", "31-02-2010", "9999-12-31T23:59:59-12:00", "2999-12-31",
     "1.2.3.4", "192.0.2.1", "04 GMT 2010", "02nd August each year", "04/02/2010", "04-02-2010", "16/09/03", "2010",
     "10:11:12"],
)  # fmt: skip
def test_what_is_no_date_or_more_than_one(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("created", "expires", "domain", "day"),
    [
        ("04/02/2010", "25/02/2030", "shop.example", DAY),
        ("02/04/2010", "02/25/2030", "shop.example", DAY),
        ("04/02/2010", "05/02/2030", "shop.example", None),
        ("04/02/2010", "05/02/2030", "shop.fr", DAY),
        ("02/04/2010", "05/02/2030", "shop.tk", DAY),
        ("04-02-2010", "31-03-2030", "shop.example", DAY),
        ("04/02/10", "05/02/30", "shop.es", DAY),
        ("02/02/2010", "05/03/2030", "shop.example", DAY.replace(day=2)),
    ],
)
def test_the_order_is_told_by_another_date_or_by_the_registry(created, expires, domain, day):
    text = f"Domain Name: {domain}\nCreation Date: {created}\nExpiry Date: {expires}\n"
    assert parse_whois(text.encode(), None, HASHES)[1]["created_at"] == day


def test_the_order_is_told_by_a_note():
    assert order_in("% complete date format : DD/MM/YYYY", ["04/02/2010"], None) is Order.DAY_FIRST
    assert order_in("Creation Date (mm/dd/yyyy)", ["04/02/2010"], "fr") is Order.MONTH_FIRST
    assert order_in("", ["25/02/2010", "02/25/2010"], "fr") is None  # a server that contradicts itself


def test_the_latest_change_of_several():
    text = (
        "domain: shop.example\nvalidity: 21-08-2011\nchanged: reg AT registry.example 20010821 (Assigned)\n"
        "changed: reg AT registry.example 20050126 (Changed)\n"
    )
    record = parse_whois(text.encode(), None, HASHES)[1]
    assert record["updated_at"] == dt.datetime(2005, 1, 26, tzinfo=dt.UTC)


FORMATS = ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S", "%a %b %d %H:%M:%S GMT %Y", "%Y%m%d %H:%M:%S"]


@given(st.datetimes(dt.datetime(1985, 1, 1), dt.datetime(2060, 1, 1)), st.sampled_from(FORMATS))  # noqa: DTZ001
def test_what_is_written_is_read(moment, layout):
    assert read_date(moment.strftime(layout)) == moment.replace(microsecond=0, tzinfo=dt.UTC)


@given(st.text(alphabet="0123456789-/. :+TZJanFeb", max_size=40), st.sampled_from([None, *Order]))
def test_no_text_raises(text, order):
    assert read_date(text, order) is None or read_date(text, order).tzinfo is dt.UTC
