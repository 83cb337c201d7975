"""Contacts come from the subject alone, and from its abuse role.

Many answers of invented domains, shuffled, interleaved, doubled, with broken ones between them: not one contact gets
into another's record, and those of the registrant, the administrative and the technical role into none.
"""

import json
import random
import zlib
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.rdap import read_rdap
from churn.enrich.meaning.record import merge
from churn.enrich.meaning.whois import read_whois
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

HASHES = Pseudonymiser(b"k" * 32)
CUSTOMER = ("registrant", "administrative", "technical", "billing")
OTHERS = (*CUSTOMER, "reseller", "sponsor", "proxy", "noc", "notifications")
CONTACT = ("abuse_email", "abuse_phone", "abuse_url")


@dataclass(frozen=True)
class Answer:
    """An answer, what its own abuse role shows, and what the other roles show. All of it is the answer's own."""

    domain: str
    raw: bytes
    protocol: str
    desk: frozenset
    others: frozenset

    def read(self):
        if self.protocol == "rdap":
            return read_rdap(self.raw, self.domain, HASHES)
        return read_whois(self.raw, self.domain, HASHES)


class Names:
    """Addresses and numbers that nobody else has: who has one shows where it came from."""

    def __init__(self, domain):
        self.domain, self.desk, self.others = domain, set(), set()

    def contact(self, role, number, *, ours):
        mailbox = f"{role}{number}.{self.domain.split('.')[0]}@mail{number}.{self.domain}"
        phone = f"+1.{zlib.crc32(mailbox.encode()):010d}"
        url = f"https://{role}{number}.{self.domain}/form"
        (self.desk if ours else self.others).update((mailbox, phone, url))
        return mailbox, phone, url


def card(mailbox, phone, url, shown):
    properties = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Somebody"]]
    if "email" in shown:
        properties.append(["email", {}, "text", mailbox])
    if "tel" in shown:
        properties.append(["tel", {"type": "voice"}, "uri", f"tel:{phone}"])
    if "contact-uri" in shown:
        properties.append(["contact-uri", {}, "uri", url])
    return ["vcard", properties]


shown_parts = st.lists(st.sampled_from(["email", "tel", "contact-uri"]), unique=True, max_size=3)


@st.composite
def entities(draw, names, depth, counter, *, within_registrar=False):
    """Entities in any order, roles and nesting; an abuse desk is ours only directly inside the registrar."""
    made = []
    for _ in range(draw(st.integers(0, 3))):
        counter[0] += 1
        roles = draw(st.sampled_from([("abuse",), ("abuse", "technical"), *((role,) for role in OTHERS)]))
        ours = within_registrar and roles == ("abuse",)
        made.append(
            {
                "objectClassName": "entity",
                "roles": list(roles),
                "vcardArray": card(*names.contact(roles[0], counter[0], ours=ours), draw(shown_parts)),
                "entities": draw(entities(names, depth - 1, counter)) if depth else [],
            }
        )
    return made


@st.composite
def rdap_answers(draw, domain):
    names, counter = Names(domain), [0]
    registrar = {
        "objectClassName": "entity",
        "roles": draw(st.sampled_from([["registrar"], ["sponsor", "registrar"]])),
        "vcardArray": card(*names.contact("registrar", 0, ours=False), draw(shown_parts)),
        "entities": draw(entities(names, 1, counter, within_registrar=True)),
    }
    around = draw(entities(names, 2, counter))
    around.insert(draw(st.integers(0, len(around))), registrar)
    body = {"objectClassName": "domain", "ldhName": domain.upper(), "entities": around, "status": ["active"]}
    return Answer(domain, json.dumps(body).encode(), "rdap", frozenset(names.desk), frozenset(names.others))


@st.composite
def whois_answers(draw, domain):
    names = Names(domain)
    lines = []
    for number, role in enumerate(draw(st.lists(st.sampled_from(["Registrant", "Admin", "Tech", "Billing"])))):
        mailbox, phone, _ = names.contact(role.lower(), number, ours=False)
        lines += [f"{role} Name: Somebody {number}", f"{role} Phone: {phone}", f"{role} Email: {mailbox}"]
    if draw(st.booleans()):
        mailbox, phone, _ = names.contact("abuse", 99, ours=True)
        desk = [f"Registrar Abuse Contact Email: {mailbox}", f"Registrar Abuse Contact Phone: {phone}"]
        place = draw(st.integers(0, len(lines)))
        lines[place:place] = desk[: draw(st.integers(1, 2))]
    head = [f"Domain Name: {domain.upper()}", "Registrar: Registrar Ltd", "Creation Date: 2026-03-01T00:00:00Z"]
    raw = "\r\n".join([*head, *lines, ">>> Last update of WHOIS database <<<"]).encode()
    return Answer(domain, raw, "whois", frozenset(names.desk), frozenset(names.others))


@st.composite
def broken_answers(draw, domain):
    """An answer cut, mixed up or about somebody else: it may be refused, and must leave no trace."""
    answer = draw(rdap_answers(f"x{domain}") | whois_answers(f"x{domain}"))
    raw = answer.raw[: draw(st.integers(0, len(answer.raw)))] if draw(st.booleans()) else answer.raw
    return Answer(domain, raw, answer.protocol, answer.desk, answer.others)


@st.composite
def days(draw):
    answers = []
    for number in range(draw(st.integers(2, 6))):
        domain = f"shop{number}.example"
        answers += draw(st.lists(rdap_answers(domain) | whois_answers(domain) | broken_answers(domain), max_size=3))
    return draw(st.permutations([*answers, *draw(st.lists(st.sampled_from(answers), max_size=3))] if answers else []))


@given(days())
def test_no_contact_leaks_from_one_domain_to_the_next(answers):
    interleaved = [(answer, answer.read()) for answer in answers]
    for answer, reading in interleaved:
        assert reading == answer.read()  # alone, and once more
        record = reading.record or {}
        assert record.get("domain") in {None, answer.domain}
        found = {record[column] for column in CONTACT if record.get(column)}
        assert found <= answer.desk
        assert not found & answer.others
        assert bool(found) == (record.get("abuse_source") is not None)
        for value in found:
            assert value.encode() in answer.raw


@given(st.data())
def test_a_desk_that_is_shown_is_found(data):
    answer = data.draw(rdap_answers("shop.example") | whois_answers("shop.example"))
    reading = answer.read()
    assert reading.outcome is Outcome.OK
    shown = [value for value in answer.desk if value.encode() in answer.raw]
    assert bool(shown) == bool({reading.record[column] for column in CONTACT} - {None})


@given(rdap_answers("shop.example"), rdap_answers("shop.example") | whois_answers("shop.example"))
def test_a_merged_records_contact_is_one_answers_and_whole(registry, registrar):
    records = [registry.read().record, registrar.read().record]
    merged = merge(*records)
    assert {name: merged[name] for name in CONTACT} in [{name: record[name] for name in CONTACT} for record in records]


def entity(*roles, handle=None, inner=(), mailbox="desk@registrar.example"):
    made = {"roles": list(roles), "vcardArray": ["vcard", [["email", {}, "text", mailbox]]], "entities": list(inner)}
    return made | ({"handle": handle} if handle is not None else {})


def contact_of(*given_):
    body = {"objectClassName": "domain", "ldhName": "shop.example", "entities": list(given_)}
    return read_rdap(json.dumps(body).encode(), "shop.example", HASHES).record["abuse_email"]


def test_whose_desk_counts():
    desk = "desk@registrar.example"
    registrar = entity("registrar", handle="77", mailbox="hello@registrar.example")
    assert contact_of(registrar | {"entities": [entity("abuse")]}) == desk
    assert contact_of(entity("registrar", "abuse")) == desk
    assert contact_of(registrar, entity("abuse", handle="77")) == desk  # the registrar, shown once more
    assert contact_of(registrar, entity("abuse")) is None  # the registry's, or a reseller's
    assert contact_of(registrar, entity("abuse", handle="78")) is None
    assert contact_of(entity("registrar", handle=""), entity("abuse", handle="")) is None
    assert contact_of(entity("abuse")) is None
    assert contact_of(entity("reseller", inner=[entity("abuse")]), registrar) is None
    assert contact_of(registrar) is None
    for role in CUSTOMER:
        assert contact_of(registrar | {"entities": [entity("abuse", role)]}) is None
        assert contact_of(entity("registrar", "abuse", role)) is None
    first, second = entity("abuse", mailbox="first@r.example"), entity("abuse", mailbox="second@r.example")
    assert contact_of(registrar | {"entities": [first, second]}) == "first@r.example"


def test_the_order_of_many_answers_does_not_matter():
    """A thousand answers in two orders: nothing is kept between them."""
    answers = []
    for number in range(500):
        domain = f"shop{number}.example"
        desk = entity("abuse", mailbox=f"abuse@r{number}.example")
        person = entity("registrant", mailbox=f"person@{domain}")
        registrar = entity("registrar", mailbox=f"hello@r{number}.example", inner=[desk] if number % 3 else [])
        body = {"objectClassName": "domain", "ldhName": domain, "entities": [person, registrar]}
        answers.append(Answer(domain, json.dumps(body).encode(), "rdap", frozenset(), frozenset()))
        text = f"Domain Name: {domain}\nRegistrar: R\nRegistrant Email: person@{domain}\n"
        text += f"Registrar Abuse Contact Email: abuse@w{number}.example\n" if number % 3 else ""
        answers.append(Answer(domain, text.encode(), "whois", frozenset(), frozenset()))
    expected = [answer.read() for answer in answers]
    order = list(range(len(answers)))
    random.Random(1).shuffle(order)
    for place in order:
        reading, number = answers[place].read(), place // 2
        assert reading == expected[place]
        kind = "r" if answers[place].protocol == "rdap" else "w"
        assert reading.record["abuse_email"] == (f"abuse@{kind}{number}.example" if number % 3 else None)
