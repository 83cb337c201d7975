"""What WHOIS answers without a record say: the outcome of each saying, whatever terms of use stand around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.whois import parse_whois
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

HASHES = Pseudonymiser(b"k" * 32)

THROTTLES = """\
WHOIS LIMIT EXCEEDED - SEE WWW.REGISTRY.EXAMPLE/WHOIS FOR DETAILS
Maximum Daily connection limit reached. Lookup refused.
whois.registry.example: maximum number of requests per minute exceeded
whois.registry.example: only 1 request per second allowed, try again later
Your request could not be performed. Lookup quota may be exceeded.
BLACKLISTED: You have exceeded the query limit for your network or IP address and have been blacklisted.
Rate limit exceeded. Try again after: 24h0m0s
% Sorry, access from your host has been permanently denied because of a repeated excessive querying.
WHOIS lookup for SHOP.EXAMPLE can temporarily not be answered. Please try again.
The WHOIS query quota for 192.0.2.1 has been exceeded and will be replenished in 50 seconds.
-1: Still in grace period, wait 7777777 seconds
-3: IP address blocked
% Error: 55000000002 Connection refused; access control limit reached.
domain_name: shop.example / query_status: 440 Request Denied
Number of allowed queries exceeded.
Please go away for 13 Seconds
429 Too Many Requests
您的查询过于频繁
Ha superado el límite de consultas permitidas
Limite de consultas excedido
Trop de requêtes, réessayez plus tard
Die maximale Anzahl an Abfragen wurde überschritten
Превышено допустимое количество запросов
조회 횟수를 초과하였습니다
アクセス制限を超えました
""".splitlines()
OTHERS = {
    Outcome.NOT_FOUND: """\
No match for "SHOP.EXAMPLE".
NOT FOUND
No Data Found
The queried object does not exist: DOMAIN NOT FOUND
>>> Domain shop.example is available for registration
% No entries found for the selected source(s).
This domain name has not been registered
shop.example is free
Status: free
Domain Status: No Object Found
Domain name: shop.example / status: available
query_status: 220 Available
Domain shop.example not registred.
El dominio shop.example no se encuentra registrado
Nincs talalat / No match
Домен свободен
域名未注册
No Found
Query rate limit exceeded. Reduced information. / / No match for domain "shop.example"
""".splitlines(),
    Outcome.SERVER_FAILURE: [
        "Service temporarily unavailable.",
        "Sorry, the Whois database is currently down.",
        "whois.registry.example: Server too busy, try again later",
    ],
    Outcome.REFUSED: [
        "Access denied",
        "ERROR: your address has been blacklisted.",
        "% Access to this server is restricted",
    ],
    Outcome.MALFORMED: ["hello", "Invalid input", "Malformed request.", "   ", "\0"],
}
RESERVED = """\
Reserved by Registry
This name is reserved by the Registry in accordance with ICANN Policy.
Domain: shop.example / Status: RESERVED
Domain: shop.example / Status: NOT ALLOWED
Domain Name: shop.example / Domain Status: Reserved
This domain cannot be registered because it contravenes the naming rules.
Not available for registration. / Second level domain name is reserved.
Sorry, the domain is in the reserved list.
Name is restricted from registration
The domain you requested is prohibited.
""".splitlines()

TERMS = """\
TERMS OF USE: You agree that you will not exceed the query limit. If too many queries are received from one address, \
access may be blocked; queries are limited to 100 per day, and the service will begin to reject further ones when this \
quota has been exceeded. It allows persons to check whether a domain name is still available or not. Access may be \
withdrawn or restricted at any time. All rights reserved. The use of this data for advertising is prohibited, and the \
registry reserves the right to deny access for excessive querying.
%
% Please note that the query limit is 500 per day from the same IP.
%
% Registrant data is available from the registrar's web site only.
""".split("\n%\n")


def answered(text, domain="shop.example"):
    outcome, record, detail = parse_whois(text.replace(" / ", "\n").encode(), domain, HASHES)
    assert (outcome is Outcome.OK) == (record is not None)
    return outcome, detail


@pytest.mark.parametrize("text", THROTTLES)
def test_throttles(text):
    assert answered(text)[0] is Outcome.RATE_LIMITED


@pytest.mark.parametrize(("outcome", "text"), [(outcome, text) for outcome, texts in OTHERS.items() for text in texts])
def test_other_sayings(outcome, text):
    assert answered(text)[0] is outcome


@pytest.mark.parametrize("text", RESERVED)
def test_reserved_names_are_registered_by_nobody(text):
    assert answered(text) == (Outcome.NOT_FOUND, "reserved")


def test_terms_of_use_say_nothing():
    assert answered("\n\n".join(TERMS))[0] is Outcome.MALFORMED


mark = st.sampled_from(["", "% ", "# ", "  ", ">>> "])
terms = st.lists(st.sampled_from(TERMS), max_size=3)


@given(terms, st.sampled_from(THROTTLES), mark, terms, st.none() | st.just("shop.example"))
def test_a_throttle_is_one_whatever_stands_around_it(before, text, prefix, after, domain):
    lines = ["\n".join(before), "", prefix + text.replace(" / ", f"\n{prefix}"), "", "\n".join(after)]
    assert answered("\n".join(lines), domain)[0] is Outcome.RATE_LIMITED


said = st.sampled_from([(outcome, text) for outcome, texts in OTHERS.items() for text in texts if text.strip(" \0")])


@given(terms, said, terms)
def test_other_sayings_among_terms_of_use(before, saying, after):
    outcome, text = saying
    assert answered("\n\n".join([*before, text, *after]))[0] is outcome


@given(st.lists(st.sampled_from([*TERMS, *THROTTLES[:3]]), max_size=4))
def test_terms_of_use_never_take_a_record_back(texts):
    record = "Domain Name: shop.example\nCreation Date: 2001-02-03\nRegistrar: R\n\n"
    assert answered(record + "\n\n".join(texts))[0] is Outcome.OK
