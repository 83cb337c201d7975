"""Politeness: what an endpoint bears is kept, over processes and over days, and what it complained of is learned."""

import asyncio
import itertools
import json
import multiprocessing
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn import doctor
from churn.enrich.talking.endpoints import BAN_SECONDS, DAY, FAILURES_BEFORE_A_PAUSE, Endpoints, Pace, read_pace
from churn.enrich.talking.politeness import Limits, NotNowError, Politeness, politeness_of
from churn.outcomes import Outcome
from churn.settings import Settings

RATE = 5.0


def politeness(folder, rate=1000.0, concurrency=4, patience=5.0, **more):
    return Politeness(Endpoints(folder), Limits(rate, concurrency, patience, 0.1, **more))


def asked(pace, start, seconds, rate=RATE):
    """Ask for so long, as often as allowed; the instants."""
    instants, now = [], start
    while now < start + seconds:
        taken = pace.take(now, rate, 1e9)
        now = taken[0]
        instants.append(now)
        now += 1e-6
    return instants


def test_turns_come_at_the_rate():
    instants = asked(Pace(), 1000.0, 10.0)
    assert len(instants) == 51
    assert min(b - a for a, b in itertools.pairwise(instants)) == pytest.approx(1 / RATE)


def test_a_fast_endpoint_is_asked_for_several_turns_at_once():
    assert Pace().take(1000.0, 2000.0, 5.0) == (1000.0, 100, 1 / 2000)


@given(limit=st.integers(3, 200), rate=st.floats(0.5, 50))
def test_a_limit_a_minute_is_complained_of_once(limit, rate):
    """An endpoint that bears `limit` look-ups in any minute, and says so when there were more: it does so once."""
    pace, now, seen, complaints = Pace(), 1_000_000.0, [], 0
    while now < 1_000_000.0 + 3600:
        now = pace.take(now, rate, 1e9)[0] + 1e-6
        seen = [at for at in seen if now - at < 60] + [now]
        if len(seen) > limit:
            complaints += 1
            pace.complained(now, rate, None, 60.0)
    assert complaints <= 2  # the first one may look like a limit a second


def test_what_is_under_way_when_it_complains_is_the_same_complaint():
    pace = Pace()
    asked(pace, 1000.0, 30.0)
    pace.complained(1030.0, RATE, None, 60.0)
    learned = pace.cap
    pace.complained(1030.2, RATE, None, 60.0)
    assert pace.cap == learned == pytest.approx(0.8 * 150 / 60, rel=0.05)
    assert pace.take(1031.0, RATE, 10.0) is None
    assert pace.take(1031.0, RATE, 100.0)[0] == pytest.approx(1090.2)


def test_the_time_that_it_asks_for_is_given_within_a_day():
    pace = Pace()
    pace.complained(1000.0, RATE, 7.0, 60.0)
    assert pace.paused_until == 1007.0
    pace.complained(1001.0, RATE, 1e12, 60.0)
    assert pace.paused_until == 1001.0 + DAY


def test_a_rate_that_was_learned_rises_slowly_and_is_forgotten_after_a_week():
    pace = Pace()
    asked(pace, 1000.0, 100.0)
    pace.complained(1100.0, RATE, None, 60.0)
    learned = pace.cap
    pace.take(1100.0 + 3600, RATE, 10.0)
    assert learned <= pace.cap <= pace.ceiling
    pace.take(1100.0 + 8 * DAY, RATE, 10.0)
    assert pace.cap is None


def test_a_ban_is_remembered_for_good():
    pace = Pace()
    asked(pace, 1000.0, 100.0)
    for _ in range(FAILURES_BEFORE_A_PAUSE):
        pace.refused(1100.0, RATE)
    assert pace.banned
    assert pace.paused_until == 1100.0 + BAN_SECONDS
    learned = pace.cap
    assert learned <= RATE / 2
    pace.take(1100.0 + 30 * DAY, RATE, 10.0)
    assert pace.cap == learned


def test_one_refusal_is_the_answer_to_one_question():
    pace = Pace()
    pace.refused(1000.0, RATE)
    pace.answered()
    assert not pace.banned
    assert pace.paused_until == 0


def test_who_does_not_answer_is_left_alone_twice_as_long_each_time():
    pace, pauses = Pace(), []
    for number in range(FAILURES_BEFORE_A_PAUSE + 12):
        pace.failed(1000.0)
        if number >= FAILURES_BEFORE_A_PAUSE - 1:
            pauses.append(pace.paused_until - 1000.0)
    assert pauses[:4] == [30.0, 60.0, 120.0, 240.0]
    assert max(pauses) == 3600.0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cap": 1}', b"\xff\xfe", b"null"])
def test_a_broken_file_is_nothing_known(content):
    assert read_pace(content) == Pace()


def test_what_is_known_is_kept(tmp_path):
    endpoints = Endpoints(tmp_path)
    with endpoints.changing("whois.a.example/../x") as pace:
        pace.complained(1000.0, RATE, 7.0, 60.0)
    with Endpoints(tmp_path).changing("whois.a.example/../x") as pace:
        assert pace.paused_until == 1007.0
        pace.cap, pace.ceiling = None, None  # a shorter text than before
    (found,) = endpoints.known().values()
    assert found.paused_until == 1007.0
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path]


def test_no_more_at_once_than_allowed_and_each_endpoint_apart(tmp_path):
    async def ask_all():
        polite = politeness(tmp_path, concurrency=2)
        now, most = {"a": 0, "b": 0}, {"a": 0, "b": 0, "all": 0}

        async def ask(endpoint):
            async with polite.turn(endpoint):
                now[endpoint] += 1
                most[endpoint] = max(most[endpoint], now[endpoint])
                most["all"] = max(most["all"], sum(now.values()))
                await asyncio.sleep(0.02)
                now[endpoint] -= 1

        await asyncio.gather(*(ask(endpoint) for endpoint in "ab" * 6))
        return most

    assert asyncio.run(ask_all()) == {"a": 2, "b": 2, "all": 4}


def test_a_pause_beyond_our_patience_is_said_and_takes_no_turn(tmp_path):
    async def ask():
        polite = politeness(tmp_path, patience=1.0)
        polite.told("a", Outcome.RATE_LIMITED, 3600.0)
        with pytest.raises(NotNowError, match="left alone until"):
            async with polite.turn("a"):
                pass
        async with polite.turn("b"):
            pass

    asyncio.run(ask())


def test_a_rate_agreed_with_a_host_counts_for_it(tmp_path):
    limits = Limits(5.0, 4, 1.0, 1.0, {"rdap.a.example": 50.0})
    assert [limits.rate_of(name) for name in ("rdap.a.example", "rdap.a.example:8443", "b.example")] == [50, 50, 5]


TURNS = 12


def _ask_often(folder, times, together):
    async def ask():
        polite = politeness(folder, rate=40.0, concurrency=1, patience=60.0)
        with (folder / times).open("w") as file:
            for _ in range(TURNS):
                async with polite.turn("shared"):
                    began = time.time()
                    await asyncio.sleep(0.005)
                    file.write(json.dumps([began, time.time()]) + "\n")

    together.wait()
    asyncio.run(ask())


def test_two_processes_share_the_rate_and_the_places(tmp_path):
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(2)
    both = [context.Process(target=_ask_often, args=(tmp_path, f"times-{number}", together)) for number in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
        assert process.exitcode == 0
    spans = sorted(json.loads(line) for path in tmp_path.glob("times-*") for line in path.read_text().splitlines())
    assert len(spans) == 2 * TURNS
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))  # one at a time
    assert spans[-1][0] - spans[0][0] >= (2 * TURNS - 4) / 40.0 - 1.0  # turns may be up to a second old


def test_the_doctor_tells_who_complained_and_who_shut_us_out(tmp_path):
    config = Settings(data=tmp_path)
    assert [finding.text for finding in doctor._endpoints(config)] == ["none was asked yet"]
    polite = politeness_of(config)
    polite.told("rdap.slow.example:8443", Outcome.RATE_LIMITED, 3600.0)
    (found,) = doctor._endpoints(config)
    assert found.ok
    assert found.text == "1 were asked; 1 complained and are asked less, 1 are left alone now"
    for _ in range(FAILURES_BEFORE_A_PAUSE):
        polite.told("whois.closed.example", Outcome.REFUSED)
    (found,) = doctor._endpoints(config)
    assert not found.ok
    assert "shut us out: whois.closed.example: agree on a rate" in found.text
