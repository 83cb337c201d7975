"""The labels under which registries and registrars give a field in WHOIS answers: data, no code.

Lower case, single spaces, underscores as spaces. Contacts' labels name the registrant or the registrar's abuse desk;
a bare `e-mail:` or `phone:` is anybody's and is not here.
"""

from __future__ import annotations

LABELS_OF = {
    "domain": ("domain name | domain | domainname "),
    "handle": ("registry domain id | domain id | roid "),
    "registrar": ("registrar | registrar name | sponsoring registrar | registrar organization "),
    "iana": ("registrar iana id | sponsoring registrar iana id "),
    "created": (
        "creation date | created date | created on | created | domain registration date | registration date | "
        "registration time | registered on | domain create date | registered | activation | domain name "
        "commencement date | domain dateregistered | activation date | record created | domain created | "
        "registered date | created at | registration | record created on | domain registered | regdate "
    ),
    "updated": (
        "updated date | last updated date | last updated on | last updated | last modified | changed | "
        "modified | domain last updated date | domain datelastmodified | record last updated | changed at | "
        "last update "
    ),
    "expires": (
        "registry expiry date | expiry date | expiration date | expiration time | domain expiration date | "
        "expires | expires on | expire | expire date | paid-till | renewal date | domain datebilleduntil | "
        "record expires | expires at | valid until | validity | exp date | record will expire on | domain "
        "expires | free-date "
    ),
    "expires_registrar": ("registrar registration expiration date "),
    "status": ("domain status | status | state | eppstatus | registration status "),
    "nameserver": (
        "name server | name servers | nameserver | nameservers | nserver | host name | nameservers "
        "information | name servers information | domain nameservers | domain servers in listed order | ns "
        "name 01 | ns name 02 | ns name 03 | ns name 04 | ns name 05 "
    ),
    "dnssec": ("dnssec "),
    "ds": ("ds "),
    "reseller": ("reseller | reseller name "),
    "abuse_email": ("registrar abuse contact email | registrar abuse email | abuse contact email | abuse-contact "),
    "abuse_phone": ("registrar abuse contact phone | registrar abuse phone | abuse contact phone "),
    "name": ("registrant name | registrant contact name | registrant "),
    "organisation": (
        "registrant organization | registrant organisation | registrant contact organisation | registrant company name "
    ),
    "email": ("registrant email | registrant contact email | registrant e-mail "),
    "phone": ("registrant phone | registrant phone number | registrant contact phone "),
    "country": ("registrant country | registrant country code | registrant country/economy "),
    "refer": ("registrar whois server | whois server | registrar whois | refer | whois | referralserver "),
}
FIELD_OF = {label.strip(): field for field, labels in LABELS_OF.items() for label in labels.split("|")}
