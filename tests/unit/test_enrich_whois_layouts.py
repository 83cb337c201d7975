"""Layouts of WHOIS answers by family, with invented names: each gives its facts, and nobody else's contact."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.whois import parse_whois, read_whois, referral_of
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

HASHES = Pseudonymiser(b"k" * 32)
CLEAR = Pseudonymiser(b"k" * 32, clear=True)

CREATED, EXPIRES = dt.datetime(2001, 2, 3, tzinfo=dt.UTC), dt.datetime(2027, 2, 14, tzinfo=dt.UTC)
FACTS = {"domain": "shop.example", "created_at": CREATED, "expires_at": EXPIRES}
SERVERS = {"nameservers": ["ns1.example.net", "ns2.example.net"]}
REGISTRAR = {"registrar": "Registrar Ltd"}

LAYOUTS = {
    "a registrar's letter": (
        """
Registrant:
Shop Ltd
   1 Road
   US

   Domain Name: SHOP.EXAMPLE

   Administrative Contact, Technical Contact:
      Doe, John\t\tjohn@victim.example

   Record expires on 14-Feb-2027.
   Record created on 3-Feb-2001.

   Domain servers in listed order:

   NS1.EXAMPLE.NET              192.0.2.1
   NS2.EXAMPLE.NET              192.0.2.2
""",
        {**FACTS, **SERVERS, "registrant_hash": "shop ltd", "abuse_email": None},
    ),
    "a reseller beside the registrar": (
        """
 Domain name: SHOP.EXAMPLE

 Registration Service Provider:
    Reseller Inc., support@victim.example

 Registrar of Record: Registrar Ltd
 Record last updated on 12-Mar-2012.
 Record expires on 14-Feb-2027.
 Record created on 03-Feb-2001.

 Domain status: clientTransferProhibited
                clientUpdateProhibited
""",
        {
            **FACTS,
            **REGISTRAR,
            "reseller": "Reseller Inc., support@victim.example",
            "updated_at": dt.datetime(2012, 3, 12, tzinfo=dt.UTC),
            "status": ["clientTransferProhibited", "clientUpdateProhibited"],
        },
    ),
    "objects that are named by handles": (
        """
domain:       shop.example
registrant:   ANN1-TEST
nsset:        SET1
registrar:    REG-TEST
registered:   03.02.2001 00:00:00
changed:      18.05.2011 23:28:45
expire:       14.02.2027

contact:      ANN1-TEST
name:         Ann Other
e-mail:       ann@other.example
created:      01.01.1999
changed:      01.01.2026

nsset:        SET1
nserver:      ns1.example.net (192.0.2.1, 2001:db8::1)
nserver:      ns2.example.net
registrar:    REG-OTHER
created:      01.01.1999
""",
        {
            **FACTS,
            **SERVERS,
            "registrar": "REG-TEST",
            "updated_at": dt.datetime(2011, 5, 18, 23, 28, 45, tzinfo=dt.UTC),
            "registrant_hash": "ann other",
            "registrant_email_domain": "other.example",
        },
    ),
    "dotted leaders and bare headings": (
        """
domain.............: shop.example
status.............: Registered
created............: 3.2.2001 00:00:00
expires............: 14.2.2027 10:15:55
available..........: 4.8.2027 10:15:55

Nameservers

nserver............: ns1.example.net [OK]
nserver............: ns2.example.net [192.0.2.1] [OK]

Holder

name...............: Kauppa Oy

Registrar

registrar..........: Registrar Ltd
""",
        {**FACTS, **SERVERS, **REGISTRAR, "expires_at": EXPIRES.replace(hour=10, minute=15, second=55)},
    ),
    "leaders without a colon": (
        (
            "Domain Name. . . . . . . shop.example\nRegistrar#. . . . . . . .Registrar Ltd\n"
            "Creation Date. . . . . . 2001-02-03\n"
            "Expiration Date. . . . . 14/02/2027\nName Server. . . . . . . ns1.example.net\n"
        ),
        {**FACTS, **REGISTRAR, "nameservers": ["ns1.example.net"]},
    ),
    "tabs": (
        (
            "Domain Name\tshop.example\nRegistrar\tRegistrar Ltd\n"
            "Creation Date\t2001-02-03\nExpiry Date\t2027-02-14\n"
            "Name Server\tns1.example.net\nName Server\tns2.example.net\nStatus\tactive\n"
        ),
        {**FACTS, **SERVERS, **REGISTRAR, "status": ["ok"]},
    ),
    "an abuse desk of its own": (
        """
Domain name: shop.example
Status:      active

Reseller:
   Reseller B.V.
   Straat 1

Registrar:
   Registrar Ltd
   Laan 2
   info@victim.example

Abuse Contact:
   +31.201234567
   abuse@registrar.example

Creation Date: 2001-02-03

DNSSEC:      yes

Domain nameservers:
   ns1.example.net      192.0.2.1
   ns2.example.net      2001:db8::1

Record maintained by: Registry
""",
        {
            **SERVERS,
            **REGISTRAR,
            "created_at": CREATED,
            "reseller": "Reseller B.V.",
            "dnssec": True,
            "abuse_email": "abuse@registrar.example",
            "abuse_phone": "+31.201234567",
        },
    ),
    "stars, and a registrar in parts": (
        """
** Domain Name: shop.example
Domain Status: Active

** Registrant:
   Dukkan A.S.
   Hidden upon user request

** Registrar:
NIC Handle\t\t: reg1-test
Organization Name\t: Registrar Ltd
Phone\t\t\t: + 90-312-0000000-

** Domain Servers:
ns1.example.net
ns2.example.net 192.0.2.5

** Additional Info:
Created on..............: 2001-Feb-03.
Expires on..............: 2027-Feb-14.
""",
        {**FACTS, **SERVERS, **REGISTRAR},
    ),
    "sections as in an ini file": (
        """
[Domain]
Domain: shop.example
Status: active
Changed: 2013-07-08T19:35:53.187695+03:00

[Holder]
Name: Shop SIA
Email: ann@other.example

[Tech]
Email: tech@victim.example

[Registrar]
Name: Registrar Ltd
Email: info@victim.example

[Nservers]
Nserver: ns1.example.net
Nserver: ns2.example.net

[Whois]
Updated: 2026-02-18T18:12:36+00:00
""",
        {
            **SERVERS,
            **REGISTRAR,
            "updated_at": dt.datetime(2013, 7, 8, 16, 35, 53, tzinfo=dt.UTC),
            "registrant_email_domain": "other.example",
            "abuse_email": None,
        },
    ),
    "a registrar's own desk, with the registry's comments between": (
        """
domain:           shop.example
nserver:          ns1.example.net
created:          2001-02-03 02:00:00+02
expires:          2027-02-14 02:00:00+02

% Registrar:
% ==========
registrar:        reg.test
organization:     Registrar Ltd
abuse-email:      abuse@registrar.example

% Registrant:
% ===========
contact-id:       abc-1
e-mail:           owner@victim.example
""",
        {**FACTS, "abuse_email": "abuse@registrar.example", "registrant_email_hash": None},
    ),
    "servers that are named like the domain": (
        """
   Server Name: SHOP.EXAMPLE.EVIL.TEST
   IP Address: 192.0.2.66
   Registrar: EVIL INC.
   Whois Server: whois.evil.test

   Domain Name: SHOP.EXAMPLE
   Registrar: Registrar Ltd
   Whois Server: whois.registrar.example
   Creation Date: 03-feb-2001
   Expiration Date: 14-feb-2027
""",
        {**FACTS, **REGISTRAR},
    ),
    "lines of a zone": (
        (
            "Nome de domínio / Domain Name: shop.example\nData de registo / Creation Date (dd/mm/yyyy): 03/02/2001\n"
            "Data de expiração / Expiration Date (dd/mm/yyyy): 14/02/2027\n\nNameserver Information\n"
            "   Nameserver: shop.example\tNS\tns1.example.net.\n   Nameserver: shop.example\tNS\tns2.example.net.\n"
        ),
        {**FACTS, **SERVERS},
    ),
    "two labels on a line": (
        (
            "Domain name: shop.example\tStatus: Active\n"
            "Created: 3rd February 2001\nExpires:     14th February 2027\n\n"
            "  Domain servers:\n  NS1.EXAMPLE.NET                 192.0.2.1\n"
            "  NS2.EXAMPLE.NET                 192.0.2.2\n"
        ),
        {**FACTS, **SERVERS, "status": ["ok"]},
    ),
    "RWhois": (
        "domain:Class-Name:domain\ndomain:Domain-Name:shop.example\ndomain:Created:20010203\ndomain:Updated:20270214\n",
        {"domain": "shop.example", "created_at": CREATED, "updated_at": EXPIRES},
    ),
    "Chinese": (
        (
            "域名: shop.example\n注册商: 某某科技有限公司\n"
            "注册时间: 2001-02-03 00:00:00\n到期时间: 2027-02-14 00:00:00\n"
            "DNS服务器: ns1.example.net\nDNS服务器: ns2.example.net\n"
        ),
        {**FACTS, **SERVERS, "registrar": "某某科技有限公司"},
    ),
    "Spanish": (
        (
            "Dominio: shop.example\nEstado: Activo\n\nTITULAR:\n"
            "Organizacion: Tienda SA\n\nFecha de registro: 03/02/2001\n"
            "Fecha de vencimiento: 14/02/2027\n"
            "Agente registrador: Registrar Ltd\nServidores DNS:\n   ns1.example.net\n"
            "   ns2.example.net\n"
        ),
        {**FACTS, **SERVERS, **REGISTRAR, "registrant_org_hash": "tienda sa", "status": ["ok"]},
    ),
    "labels that are only alike known ones": (
        (
            "Domain: shop.example\nDomain Registrar Name: Registrar Ltd\nDate of registration: 2001-02-03\n"
            "Domain registration expires: 2027-02-14\nDNS server list: ns1.example.net, ns2.example.net\n"
            "Registrar's abuse e-mail: abuse@registrar.example\nRegistrant's e-mail: ann@victim.example\n"
        ),
        {**FACTS, **SERVERS, **REGISTRAR, "abuse_email": "abuse@registrar.example"},
    ),
    "a letter that says where the domain is delegated to": (
        """
Registrant:
 Other, Ann  ann@other.example
 Shop LLC

 Domain name: SHOP.EXAMPLE

 Registration Service Provider:
    Reseller Inc.  support@victim.example

 Record expires on 14-Feb-2027.
 Record created on 03-Feb-2001.

 This domain is delegated to Managed DNS:
    NS1.EXAMPLE.NET
    NS2.EXAMPLE.NET
 Uptime is the bottom line. ** Learn more here: http://victim.example/ **
""",
        {
            **FACTS,
            **SERVERS,
            "registrar": None,
            "registrant_hash": "other, ann",
            "registrant_email_domain": "other.example",
        },
    ),
    "thin: a state alone": ("Domain: shop.example\nStatus: connect\n", {"domain": "shop.example", "status": ["ok"]}),
    "thin: a date alone": ("domain:         shop.example\nrecord created: 2001-02-03\n", {"created_at": CREATED}),
    "thin: not available": (
        "Domain:\tshop.example\nStatus:\tNOT AVAILABLE\n",
        {"domain": "shop.example", "status": []},
    ),
    "a page": (
        "<html><pre>Domain Name: shop.example<br></pre>\n<b>Creation Date:</b> 2001-02-03\n</html>",
        {"domain": "shop.example", "created_at": CREATED},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout):
    text, expected = LAYOUTS[layout]
    outcome, record, detail = parse_whois(text.encode(), "shop.example", CLEAR)
    assert outcome is Outcome.OK, detail
    assert {name: record[name] for name in expected} == expected


JAPANESE = """\
[ The database provides information on network administration. Its use is    ]
Domain Information: [ドメイン情報]
[ドメイン名]                    SHOP.EXAMPLE

[登録者名]                      例株式会社

[Name Server]                   ns1.example.net
[Name Server]                   ns2.example.net
[Signing Key]

[登録年月日]                    2001/02/03
[有効期限]                      2027/02/14
[状態]                          Active
[最終更新]                      2025/04/01 01:05:04 (JST)

Contact Information: [公開連絡窓口]
[名前]                          誰か
[Email]                         contact@victim.example
"""
KOREAN = """\
도메인이름                  : shop.example
등록인                      : 예제 주식회사
등록일                      : 2001. 02. 03.
사용 종료일                 : 2027. 02. 14.
등록대행자                  : (주)등록(http://registrar.example)

1차 네임서버 정보
   호스트이름               : ns1.example.net

2차 네임서버 정보
   호스트이름               : ns2.example.net
"""
RUSSIAN = "domain: shop.example\nnserver: ns1.example.net\ncreated: 2001-02-03\nregistrar: Общество Регистратор\n"


@pytest.mark.parametrize(
    ("text", "encoding", "registrar"),
    [
        (JAPANESE, "iso2022_jp", None),
        (JAPANESE, "euc_jp", None),
        (JAPANESE, "shift_jis", None),
        (JAPANESE, "utf-8-sig", None),
        (KOREAN, "euc_kr", "(주)등록"),
        (RUSSIAN, "koi8_r", "Общество Регистратор"),
        (RUSSIAN, "cp1251", "Общество Регистратор"),
        (RUSSIAN, "utf-16", "Общество Регистратор"),
        (RUSSIAN.replace("Общество Регистратор", "某某科技有限公司"), "gb18030", "某某科技有限公司"),
        ("% charset=iso-8859-2\n" + RUSSIAN.replace("Общество Регистратор", "Łódź"), "iso8859_2", "Łódź"),
        (RUSSIAN.replace("Общество Регистратор", "Söhne"), "latin-1", "Söhne"),
    ],
)
def test_encodings(text, encoding, registrar):
    _, record, _ = parse_whois(text.encode(encoding), "shop.example", CLEAR)
    assert (record["domain"], record["created_at"], record["registrar"]) == ("shop.example", CREATED, registrar)
    if text is JAPANESE:
        assert record["updated_at"] == dt.datetime(2025, 3, 31, 16, 5, 4, tzinfo=dt.UTC)
        assert record["registrant_hash"] == "例株式会社"
        assert record["registrant_email_hash"] is None


ROOT = """\
% IANA WHOIS server

refer:        whois.registry.example

domain:       EXAMPLE

created:      1985-01-01
"""
REGISTRY = """\
   Domain Name: SHOP.EXAMPLE
   Registrar WHOIS Server: whois.registrar.example
   Creation Date: 2001-02-03T00:00:00Z
   Registry Expiry Date: 2027-02-14T00:00:00Z
   Registrar: Registrar Ltd
   Registrar IANA ID: 292
   Name Server: NS1.EXAMPLE.NET
>>> Last update of whois database: 2025-11-24T11:25:34Z <<<

TERMS OF USE: no match for what you are looking for does not mean that a name is available.
"""
LAST = """\
Domain Name: shop.example
Creation Date: 2001-02-03
Registrar: Registrar, Limited
Name Server: ns2.example.net
"""


@pytest.mark.parametrize("domain", [None, "shop.example"])
def test_answers_that_a_client_pasted_together(domain):
    texts = f"{ROOT}\n# whois.registry.example\n\n{REGISTRY}\n# whois.registrar.example\n\nWHOIS LIMIT EXCEEDED\n"
    reading = read_whois(texts.encode(), domain, HASHES)
    assert (reading.outcome, reading.record["registrar"]) == (Outcome.OK, "Registrar Ltd")
    assert reading.refer == "whois.registrar.example"
    joined = read_whois(f"{REGISTRY}\n{LAST}".encode(), domain, HASHES)
    assert joined.record["registrar"] == "Registrar, Limited"
    assert joined.record["nameservers"] == ["ns2.example.net"]
    assert joined.record["registrar_iana_id"] == 292  # what the last answer lacks


def test_the_record_of_another_domain_beside_ours():
    other = LAST.replace("shop.example", "other.example").replace("Registrar, Limited", "Other")
    reading = read_whois((LAST + "\n" + other).encode(), "shop.example", HASHES)
    assert reading.record["registrar"] == "Registrar, Limited"
    assert read_whois(other.encode(), "shop.example", HASHES).outcome is Outcome.WRONG_SUBJECT


def test_a_top_level_domain_and_what_it_refers_to():
    assert read_whois(ROOT.encode(), "example", HASHES).record["domain"] == "example"
    assert read_whois(ROOT.encode(), "shop.example", HASHES).outcome is Outcome.WRONG_SUBJECT
    assert referral_of(ROOT.encode()) == "whois.registry.example"


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Registrar Ltd [Tag = REG]", "Registrar Ltd"),
        ("Registrar Ltd (http://registrar.example)", "Registrar Ltd"),
        ("Registrar Ltd ( https://registry.example/registrar/434 )", "Registrar Ltd"),
        ("Registrar Ltd (R22-LRCC)", "Registrar Ltd"),
        ("Registrar (Asia) Ltd", "Registrar (Asia) Ltd"),
        ("No registrar listed. This domain is directly registered with the registry.", None),
        ("-", None),
    ],
)
def test_what_registries_put_behind_a_registrars_name(given_name, name):
    text = f"Domain Name: shop.example\nRegistrar: {given_name}\nCreation Date: 2001-02-03\n"
    assert parse_whois(text.encode(), None, HASHES)[1]["registrar"] == name


@pytest.mark.parametrize(
    ("country", "code"), [("CN", "CN"), ("cn", "CN"), ("China (CN)", "CN"), ("AU (AUSTRALIA)", "AU"), ("Finland", None)]
)
def test_countries(country, code):
    text = f"Domain Name: shop.example\nRegistrant Country: {country}\nCreation Date: 2001-02-03\n"
    assert parse_whois(text.encode(), None, HASHES)[1]["registrant_country"] == code


@pytest.mark.parametrize(
    ("states", "epp"),
    [
        (["clientUpdateProhibited / clientDeleteProhibited"], ["clientDeleteProhibited", "clientUpdateProhibited"]),
        (["ST_CL_UPDATEPROHIBITED ST_CL_DELETEPROHIBITED"], ["clientDeleteProhibited", "clientUpdateProhibited"]),
        (["OK", "CLIENT UPDATE PROHIBITED"], ["clientUpdateProhibited", "ok"]),
        (["ACTIVE", "serverHold https://icann.org/epp#serverHold"], ["serverHold"]),
        (["REGISTERED, DELEGATED, VERIFIED"], []),
        (["auto-renew grace"], ["autoRenewPeriod"]),
        (["Delete Prohibited by Registrar"], ["clientDeleteProhibited"]),
        (["ok (paid and in zone)"], ["ok"]),
    ],
)
def test_states_in_the_spellings_of_registries(states, epp):
    lines = "".join(f"Domain Status: {state}\n" for state in states)
    text = f"Domain Name: shop.example\nCreation Date: 2001-02-03\n{lines}"
    assert parse_whois(text.encode(), None, HASHES)[1]["status"] == epp


pieces = st.sampled_from([line for text, _ in LAYOUTS.values() for line in text.splitlines()])
noise = st.text(alphabet=" \t:.[]()%#*-=/\nab1@", max_size=12)


@given(st.lists(st.tuples(noise, pieces, noise), max_size=30))
def test_mutated_layouts_never_raise(parts):
    raw = "\n".join("".join(part) for part in parts).encode()
    outcome, record, _ = parse_whois(raw, None, HASHES)
    assert (outcome is Outcome.OK) == (record is not None)


@given(st.sampled_from(sorted(LAYOUTS)), st.randoms(use_true_random=False))
def test_an_abuse_contact_is_never_somebody_elses_mailbox(layout, chance):
    paragraphs = LAYOUTS[layout][0].split("\n\n")
    chance.shuffle(paragraphs)
    _, record, _ = parse_whois("\n\n".join(paragraphs).encode(), None, HASHES)
    assert record is None or record["abuse_email"] in {None, "abuse@registrar.example"}
