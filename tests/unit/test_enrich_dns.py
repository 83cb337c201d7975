"""DNS at the wire: what a resolver's answers, refusals and silence become. A real UDP resolver on the loopback."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from churn.enrich.talking.dns_client import Question, observations, observe

ZONE = {
    ("good.example", "NS"): ["NS2.Example.net.", "ns1.example.net."],
    ("good.example", "A"): ["192.0.2.9", "192.0.2.10"],
    ("good.example", "MX"): ["10 Mail.good.example."],
    ("good.example", "SOA"): ["ns1.example.net. Hostmaster.example.net. 1 2 3 4 5"],
    ("late.example", "NS"): ["ns1.example.net."],
}
RCODES = {"gone.example": dns.rcode.NXDOMAIN, "lame.example": dns.rcode.SERVFAIL, "closed.example": dns.rcode.REFUSED}


def reply(wire):
    """An answer from ZONE; None stands for silence."""
    query = dns.message.from_wire(wire)
    asked = query.question[0]
    name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
    if name == "silent.example" or (name, kind) == ("late.example", "A"):
        return None
    answer = dns.message.make_response(query, recursion_available=True)
    answer.set_rcode(RCODES.get(name, dns.rcode.NOERROR))
    if kind == "A" and name == "alias.example":
        answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "CNAME", "good.example."))
        answer.answer.append(dns.rrset.from_text("good.example.", 60, "IN", "A", "192.0.2.9"))
    if records := ZONE.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
    return answer.to_wire()


@pytest.fixture(scope="module")
def resolver():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(0.1)
    ended = threading.Event()

    def serve():
        while not ended.is_set():
            try:
                wire, client = server.recvfrom(4096)
            except TimeoutError:
                continue
            if said := reply(wire):
                server.sendto(said, client)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    ended.set()
    thread.join()
    server.close()


def asked(resolver, names, *types):
    noted = []
    observe(names, Question(types, (resolver,), 2.0), noted.append)
    rows = observations(noted).to_pylist()
    assert sorted(row["domain"] for row in rows) == sorted(names)
    return {row["domain"]: row for row in rows}


def test_records_are_lower_case_sorted_and_complete(resolver):
    row = asked(resolver, ["good.example"], "NS", "A", "AAAA", "MX", "SOA")["good.example"]
    assert row["ns"] == ["ns1.example.net", "ns2.example.net"]
    assert row["a"] == ["192.0.2.10", "192.0.2.9"]
    assert (row["aaaa"], row["mx"]) == ([], ["mail.good.example"])
    assert (row["soa_mname"], row["soa_rname"]) == ("ns1.example.net", "hostmaster.example.net")
    assert (row["outcome"], row["rcode"]) == ("ok", "NOERROR")


def test_what_was_not_asked_is_null_and_what_is_not_there_is_empty(resolver):
    rows = asked(resolver, ["good.example", "empty.example", "gone.example"], "NS", "A")
    assert rows["good.example"]["mx"] is None
    assert (rows["empty.example"]["a"], rows["empty.example"]["outcome"]) == ([], "ok")
    assert (rows["gone.example"]["a"], rows["gone.example"]["outcome"]) == ([], "not_found")
    assert rows["gone.example"]["rcode"] == "NXDOMAIN"


def test_addresses_behind_an_alias_count(resolver):
    assert asked(resolver, ["alias.example"], "A")["alias.example"]["a"] == ["192.0.2.9"]


def test_faults_are_outcomes_and_keep_what_was_obtained(resolver):
    names = ["lame.example", "closed.example", "silent.example", "late.example"]
    rows = asked(resolver, names, "NS", "A")
    assert (rows["lame.example"]["outcome"], rows["lame.example"]["rcode"]) == ("server_failure", "SERVFAIL")
    assert (rows["closed.example"]["outcome"], rows["closed.example"]["rcode"]) == ("refused", "REFUSED")
    assert (rows["silent.example"]["outcome"], rows["silent.example"]["rcode"]) == ("timeout", None)
    assert rows["silent.example"]["ns"] is None
    late = rows["late.example"]
    assert (late["outcome"], late["ns"], late["a"]) == ("timeout", ["ns1.example.net"], None)
    assert late["detail"].startswith("A: ")


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "..", "x" * 300, ""])
def test_names_that_can_not_be_asked_are_outcomes_too(resolver, name):
    assert asked(resolver, [name], "NS", "A")[name]["outcome"] in {"malformed", "ok", "not_found"}


def test_more_names_than_the_window(resolver):
    names = [f"n{number}.example" for number in range(700)]
    assert {row["outcome"] for row in asked(resolver, names, "NS", "A").values()} == {"ok"}


def test_no_names_no_rows(resolver):
    assert asked(resolver, [], "NS") == {}
