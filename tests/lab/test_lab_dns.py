"""The built-in DNS server's answers, read by dnspython as an independent client, and hostile bytes."""

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.lab.dns_wire import Answers
from churn.lab.records import hosts
from churn.lab.rows import NXDOMAIN, SERVFAIL
from churn.lab.world import build_world


@pytest.fixture(scope="module")
def world():
    return build_world("small", 1)


@pytest.fixture(scope="module")
def answers(world):
    return Answers(world, {"whois.nic.comlab": "127.0.1.2"})


def ask(answers, name, kind, *, tcp=False, **options):
    query = dns.message.make_query(name, kind, **options)
    reply = dns.message.from_wire(answers.answer(query.to_wire(), tcp=tcp))
    assert query.is_response(reply)
    return reply


def texts(reply):
    return sorted(str(item) for rrset in reply.answer for item in rrset)


def rows(world, *, rcode=0):
    return [row for row in world.domains.to_pylist() if row["rcode"] == rcode]


def test_every_record_of_a_sample_of_domains(world, answers):
    for row in rows(world)[::97]:
        domain, pools = row["domain"], world.pools
        assert texts(ask(answers, domain, "A")) == sorted(pools.address_texts(row["a"]))
        ns = [f"{host}." for host in hosts(pools.ns.values[row["ns"]], domain)]
        assert texts(ask(answers, domain, "NS")) == sorted(ns)
        mx = hosts(pools.mx.values[row["mx"]], domain)
        assert texts(ask(answers, domain, "MX")) == sorted(f"{10 * i} {host}." for i, host in enumerate(mx, 1))
        (soa,) = ask(answers, domain, "SOA").answer
        assert str(soa[0].mname) == ns[0]
        assert str(soa[0].rname) == hosts((pools.soa.values[row["soa"]],), domain)[0] + "."
        aaaa = texts(ask(answers, domain, "AAAA"))
        assert len(aaaa) == (row["aaaa"] >= 0)
        assert all(text.startswith("2001:db8:") for text in aaaa)


def test_vanity_name_servers_and_mail_are_the_domains_own(world, answers):
    vanity = world.pools.ns.values.index(("ns1.@", "ns2.@"))
    domain = next(row["domain"] for row in rows(world) if row["ns"] == vanity)
    assert texts(ask(answers, domain, "NS")) == [f"ns1.{domain}.", f"ns2.{domain}."]
    (soa,) = ask(answers, f"www.{domain}", "A").authority
    assert str(soa[0].mname) == f"ns1.{domain}."


def test_no_data_carries_the_zones_soa(world, answers):
    row = next(row for row in rows(world) if row["aaaa"] < 0)
    for kind in ("AAAA", "TXT", "ANY"):
        reply = ask(answers, row["domain"], kind)
        assert reply.rcode() == dns.rcode.NOERROR
        assert not reply.answer
        assert [rrset.rdtype for rrset in reply.authority] == [dns.rdatatype.SOA]
        assert str(reply.authority[0].name) == f"{row['domain']}."


def test_names_that_are_not_there(world, answers):
    undelegated = rows(world, rcode=NXDOMAIN)[0]["domain"]
    for name in (undelegated, "no-such-name.comlab", f"www.{undelegated}"):
        reply = ask(answers, name, "A")
        assert reply.rcode() == dns.rcode.NXDOMAIN
        assert str(reply.authority[0].name) == name.rpartition(".")[2] + "."
    below = rows(world)[0]["domain"]
    assert str(ask(answers, f"deep.www.{below}", "A").authority[0].name) == f"{below}."
    assert ask(answers, "www.example.com", "A").rcode() == dns.rcode.NXDOMAIN


def test_failing_zones_tlds_and_hosts(world, answers):
    reply = ask(answers, rows(world, rcode=SERVFAIL)[0]["domain"], "A")
    assert reply.rcode() == dns.rcode.SERVFAIL
    assert texts(ask(answers, "WHOIS.nic.comlab", "A")) == ["127.0.1.2"]
    assert ask(answers, "whois.nic.comlab", "NS").rcode() == dns.rcode.NOERROR
    assert len(ask(answers, "comlab", "SOA").answer) == 1
    assert ask(answers, "comlab", "A").rcode() == dns.rcode.NOERROR
    assert ask(answers, rows(world)[0]["domain"], "AXFR", tcp=True).rcode() == dns.rcode.REFUSED


def test_case_of_letters_is_ignored_and_echoed(world, answers):
    domain = next(row["domain"] for row in rows(world) if row["domain"][0].isalpha())
    mixed = domain[0].upper() + domain[1:]
    reply = ask(answers, mixed, "A")
    assert reply.question[0].name.to_text() == f"{mixed}."
    assert texts(reply) == texts(ask(answers, domain, "A"))


def test_edns(world, answers):
    domain = rows(world)[0]["domain"]
    plain, extended = ask(answers, domain, "A"), ask(answers, domain, "A", use_edns=0, payload=4096)
    assert plain.edns == -1
    assert (extended.edns, extended.payload) == (0, 1232)
    assert texts(plain) == texts(extended)
    cookie = dns.edns.GenericOption(10, b"12345678")
    assert texts(ask(answers, domain, "A", use_edns=0, options=[cookie])) == texts(plain)
    assert ask(answers, domain, "A", use_edns=1).rcode() == dns.rcode.BADVERS
    assert ask(answers, "no-such-name.comlab", "A", use_edns=0).edns == 0


def test_an_answer_that_does_not_fit_is_truncated_on_udp_and_whole_on_tcp(world):
    row = rows(world)[0]
    many = tuple(f"ns{i}.a-rather-long-name-of-a-server-{i}.netlab" for i in range(20))
    own = Answers(world, {})
    own._pools.ns.values.append(many)
    place = own._rows[
        b"%c%b%c%b\0" % tuple(x for part in row["domain"].encode().split(b".") for x in (len(part), part))
    ]
    own._columns["ns"][place] = len(own._pools.ns.values) - 1
    short = ask(own, row["domain"], "NS")
    assert short.flags & dns.flags.TC
    assert not short.answer
    assert len(texts(ask(own, row["domain"], "NS", tcp=True))) == 20
    assert len(texts(ask(own, row["domain"], "NS", use_edns=0, payload=4096))) == 20


def test_what_is_no_plain_question_is_refused_aloud(world, answers):
    domain = rows(world)[0]["domain"]
    query = dns.message.make_query(domain, "A")
    query.question.append(query.question[0])
    assert dns.message.from_wire(answers.answer(query.to_wire())).rcode() == dns.rcode.FORMERR
    notify = dns.message.make_query(domain, "A")
    notify.set_opcode(dns.opcode.NOTIFY)
    assert dns.message.from_wire(answers.answer(notify.to_wire())).rcode() == dns.rcode.NOTIMP
    chaos = dns.message.make_query(domain, "A", rdclass="CH")
    assert dns.message.from_wire(answers.answer(chaos.to_wire())).rcode() == dns.rcode.REFUSED
    reply = dns.message.make_response(dns.message.make_query(domain, "A"))
    assert answers.answer(reply.to_wire()) is None


@given(st.binary(max_size=80))
def test_garbage_never_raises(answers, garbage):
    answers.answer(garbage)


@given(st.binary(min_size=10, max_size=10), st.binary(max_size=60))
def test_garbage_behind_a_header_gets_a_message_or_nothing(answers, head, rest):
    made = answers.answer(b"\x01\x02" + head + rest)
    if made is not None:
        assert made[:2] == b"\x01\x02"
        assert made[2] & 0x80
