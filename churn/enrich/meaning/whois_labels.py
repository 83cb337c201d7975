"""The words of WHOIS answers: labels of fields, headings of parties, and how a label is told. Data and its look-up.

Labels are kept folded: lower case without accents, single spaces, no digits, dots, underscores or hyphens; `FIELDS`
are about the domain, `PARTS` about whichever party's section they stand in, `PARTIES` begin such a section. A bare
`e-mail:` or `phone:` is anybody's until a heading says whose. What doesn't belong here: layouts (whois_lines.py).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import product

Meaning = tuple[str, str]
"""What a label is: ("field", name), ("part", name) of a party, or ("party", name)."""

_FIELDS = {
    "domain": """
        domain name | domain | complete domain name | domainname | domain name utf | query | queried domain |
        nom de domaine | dominio | nombre de dominio | nome de dominio | nome dominio | domeniu | ドメイン名 |
        도메인이름 | 域名 | 網域名稱 | домен | доменное имя | alan adi | domena | ascii | ace
    """,
    "handle": "registry domain id | domain id | roid | domain name id | norid handle | domain roid",
    "registrar": """
        registrar | registrar name | sponsoring registrar | registrar organization | registrar organisation |
        registrar of record | current registrar | current registar |
        authorized agency | registrado por | registrado no | registrador | agente registrador | registered by |
        registered with | sponsoring registrar organization | domain registrar |
        registrator | registrar company | bureau d enregistrement | bureau denregistrement | 등록대행자 | 注册商 |
        注册服务机构 | 註冊商 | 指定事業者 | регистратор | реєстратор | kayit firmasi | kayit operatoru |
        registrierungsstelle | registratore
    """,
    "iana": "registrar iana id | sponsoring registrar iana id | iana id | registrar iana number",
    "created": """
        creation date | created date | created on | domain registration date | registration date | record created |
        domain record activated | registration time | registered on | domain create date |
        domain name commencement date | commencement date | domain dateregistered | activation date | activated on |
        domain created | registered date | created at | record created on | domain registered | regdate | reg date |
        date approved | domain creation date | date created | date registered | entry created | domain created on |
        created date utc | original created | first registered | first registration date | domain activated |
        activation | registration | date de creation | date d enregistrement | fecha de creacion | fecha de registro |
        fecha de alta | data de criacao | data de registo | data de registro | data di creazione | data creazione |
        등록일 | 登録年月日 | 注册时间 | 注册日期 | 註冊日期 | дата регистрации | дата создания | kayit tarihi |
        registrierungsdatum | registreringsdato | registreringsdatum
    """,
    "weak_created": "created | activated | acivated | assigned | registered | registered since | create date",
    "updated": """
        record modified on | domain record last updated | amended | date amended | modified on | last edited |
        last updated utc | updated date | last updated date | last updated on | domain last updated date |
        domain datelastmodified | record last updated | changed at | record last updated on | domain last updated |
        last update date | modified date | modification date | last modified date | last modification date |
        update date | updated on | entry updated | record updated | date updated | date modified |
        record last modified | domain last modified | database last updated on | domain updated | domain update date |
        derniere modification | last renewed | date de derniere modification | fecha de actualizacion |
        ultima actualizacion | ultima modificacion | fecha de ultima modificacion |
        ultima modificacion al formulario | fecha ultima modificacion | ultima atualizacao | data de atualizacao |
        ultimo aggiornamento | 최근 정보 변경일 | 最終更新 | 更新时间 | 更新日期 | дата изменения | son guncelleme |
        changed on
    """,
    "weak_updated": """
        last updated | last modified | changed | modified | last update | updated | updated at | last changed
    """,
    "expires": """
        registry expiry date | expiry date | expiration date | expiration time | domain expiration date | expires on |
        expire date | paid till | renewal date | domain datebilleduntil | record expires | expires at | valid until |
        validity | exp date | record will expire on | domain expires | date renewal | renewal | record expires on |
        record expired | domain currently expires | domain expires on | domain expiry date | expired date |
        next renewal date | registered until | paid until | valid date | expiration | expiry | expdate |
        date of expiration | date d expiration | date de expiration | valid till | active until |
        fecha de vencimiento | fecha de expiracion | fecha de caducidad | fecha de corte | vencimiento |
        data de expiracao | data de vencimento | data di scadenza | scadenza | 사용 종료일 | 有効期限 | 到期时间 |
        到期日期 | 过期时间 | 過期時間 | 有效期至 | 有效期 | дата окончания | оплачен до | bitis tarihi |
        ablaufdatum | utlopsdatum | domain expiry | registration expiration | registration expiration date
    """,
    "weak_expires": "expires | expire | expired",
    "free": "free date",
    "expires_registrar": "registrar registration expiration date",
    "status": """
        domain status | status | state | eppstatus | epp status | registration status | domain state | query status |
        flags | estatus del dominio | estado | estado del dominio | estado do dominio | estatus | statut | stato |
        ren status | 状態 | 域名状态 | 状态 | статус | durum | current status
    """,
    "nameserver": """
        name server | name servers | nameserver | nameservers | nserver | host name | hostname |
        nameservers information | name servers information | domain nameservers | domain servers in listed order |
        ns name | ns | name server information | dns servers | dns server | domain servers | domain server |
        current nameservers | domain name servers in listed order | name servers in the listed order |
        domain name servers listed in order | nameserver in listed order | nameservers in listed order |
        name servers in listed order | domain name servers | domain name server | primary server | secondary server |
        primary server hostname | secondary server hostname | third server hostname | fourth server hostname |
        fifth server hostname | sixth server hostname | primary ns | secondary ns | primary name server |
        secondary name server | primary nameserver | secondary nameserver | tertiary server | ns hostname | dns name |
        nserver name | listed name servers | delegated name servers | authoritative name servers | zone servers |
        ns record | servers | name server hostname | name server name | nameserver name | host | dns host |
        servidores de nombre | servidores de nombres | servidor es de nombres de dominio | servidores dns |
        servidor dns | servidor de nomes | servidores de nomes | serveurs de noms | serveur de noms | serveur dns |
        serveurs dns | server dei nomi | 차 네임서버 정보 | 네임서버 | 호스트이름 | ネームサーバ | ネームサーバー |
        域名服务器 | dns服务器 | нс серверы | серверы имен | dns sunuculari | alan adi sunuculari | primary dns |
        secondary dns
    """,
    "dns": "dns",
    "dnssec": "dnssec | signed | dnssec signed | domain signed",
    "ds": "ds | ds record | ds rdata | ds list | dnssec ds data",
    "provider": "registration service provider | registration service provided by",
    "reseller": "reseller | registered through | reseller name | revendeur",
    "abuse_email": """
        registrar abuse contact email | registrar abuse email | abuse contact email | abuse email | abuse mailbox |
        registrar abuse contact e mail | registrar abuse contact | abuse e mail
    """,
    "abuse_phone": """
        registrar abuse contact phone | registrar abuse phone | abuse contact phone | abuse phone |
        registrar abuse contact telephone
    """,
    "refer": "registrar whois server | whois server | registrar whois | refer | whois | referralserver",
    "object": """
        role | personname | nic hdl | nic hdl br | nsset | keyset | irt | mntner | nic handle | contact handle |
        contact id | server name
    """,
    "registrar_id": "registrar id | registrar handle | sponsoring registrar id",
}

_PARTS = {
    "name": "name | full name | contact name | nombre | nome | nom | имя | nombre completo",
    "organisation": """
        organization | organisation | org | company | company name | organization name | organisation name |
        organizacion | organizacao | societe | organizzazione | empresa | trading as | organisatie | entreprise
    """,
    "email": "email | e mail | email address | e mail address | mail | correo | correo electronico | courriel",
    "phone": "phone | telephone | phone number | tel | telephone number | telefono | telefone | voice | phone no",
    "country": "country | country code | countrycode | pais | pays | paese | country economy | land",
    "person": "person | contact",
}

_PARTIES = {
    "registrant": """
        registrant | registrant contact | registrant contact information | registrant information | domain owner |
        owner | owner contact | holder | domain holder | holder of domain name | titular | titular del dominio |
        domain owners registrant | registered for | organisation using domain name | organization using domain name |
        registrant details | registrant organization details | entidad titular | titulaire | registrant of domain |
        titolare | halter | domaininhaber | holder contact | domain registrant | rights holder | registrant data |
        등록인 | 登録者名 | 注册人 | 注册者 | 注册者名称 | администратор домена | владелец | sahip |
        titular registrant | registrante | organizacion titular | customer
    """,
    "registrar": """
        registrar information | registrar contact | registrar details | registrar data | registrar registro
    """,
    "reseller": "reseller information | reseller contact",
    "abuse": """
        abuse contact | abuse contacts | abuse | registrar abuse contact information | abuse information | abuse desk
    """,
    "domain": """
        domain information | relevant dates | domain details | key dates | dates | important dates |
        registration dates | additional information | registry data | domain data | information | dns information
    """,
    "nobody": """
        administrative contact | admin contact | administrative contacts | technical contact | technical contacts |
        tech contact | billing contact | contact information | onsite | onsite s | technical | admin | tech |
        billing | zone contact | tech c | zone c | admin c | billing c | keys | contacto administrativo |
        contacto tecnico | contacto de cobranza | contacto financiero | contacts | registrar technical contacts |
        domain managers | agent for service | entidade gestora | responsavel tecnico | sponsoring organisation |
        contact administratif | contact technique | contatti | entidade gestora billing contact | onsite contact |
        公開連絡窓口 | 책임자 | web hosting provider | registrar s technical contact | eligibility
    """,
}
_NOBODYS = re.compile(
    r"\b(admin\w*|tech\w*|tecnic[oa]|technique|billing|zone|cobranza|financier[oa]|factur\w*|hosting|contac?t[os]?|"
    r"responsavel|onsite|agent)\b"
)
_PERSONS = "registrant | registrant contact | owner | holder | domain holder | titular | domain owner | registrant s"


def _words(text: str) -> list[str]:
    return [" ".join(word.split()) for word in text.split("|")]


def _owned() -> dict[str, Meaning]:
    """Labels that name the registrant and the part in one: `Registrant Email`, `owner-name`."""
    owned: dict[str, Meaning] = {}
    for person, (part, labels) in product(_words(_PERSONS), _PARTS.items()):
        owned |= {f"{person} {label}": ("field", part.replace("person", "name")) for label in _words(labels)}
    return owned


_MEANING: dict[str, Meaning] = {
    **{label: ("part", part) for part, labels in _PARTS.items() for label in _words(labels)},
    **{label: ("party", party) for party, labels in _PARTIES.items() for label in _words(labels)},
    **_owned(),
    **{label: ("field", field) for field, labels in _FIELDS.items() for label in _words(labels)},
}
_DAY = r"\b(?:date|on|at|time)\b"
_ALIKE = {
    field: re.compile(pattern)
    for field, pattern in {
        "abuse_email": r"\babuse\b.*\be ?mail",
        "abuse_phone": r"\babuse\b.*\b(?:phone|tel)",
        "maybe_nameserver": r"\b(?:name ?servers?|dns servers?|delegated to)\b",
        "maybe_expires": r"\bexpir|\brenewal\b|\bvalid (?:until|thru|through|to)\b",
        "maybe_updated": rf"\b(?:updat|modif|chang).*{_DAY}|\b(?:date|time) (?:of )?(?:last )?(?:update|modif|change)",
        "maybe_created": rf"\b(?:creat|regist|activat).*{_DAY}|\b(?:date|time) (?:of )?(?:creat|regist)",
        "maybe_registrar": r"\bregistrar\b.*\b(?:name|company|organi[sz]ation)\b",
    }.items()
}
_ANOTHERS = re.compile(
    r"\b(?:admin\w*|tech\w*|billing|registrants?|owner|holder|contact|whois|database|server ip|address|netaddress|id|"
    r"handle|url|web\w*|lock|key|certificate|status|code|period|term|policy|lookup|query)\b(?<!abuse contact)"
)
_APART = re.compile(r"[\W\d_]+")
_IN_BRACKETS = re.compile(r"\(([^()]{0,60})\)")
_DATED = re.compile(r"\d{3}")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[a-z]?|[a-z])[.)]\s+")


def folded(text: str) -> str:
    """A label in the spelling of the tables: `Última_Modificación 2` -> `ultima modificacion`."""
    return _APART.sub(" ", unaccented(text).lower()).strip()


def unaccented(text: str) -> str:
    """Text with Latin letters without accents; other scripts, whose marks make letters, stay as they are."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_accents())


@cache
def _accents() -> dict[int, str]:
    others = dict(zip(map(ord, "\u0131łŁøØđß"), "ilLoOds", strict=True))  # letters that are none with an accent
    return {code: unicodedata.normalize("NFKD", chr(code))[0] for code in range(0xC0, 0x250)} | others


@lru_cache(maxsize=8192)
def meaning_of(label: str) -> Meaning | None:
    """What a label says; None for one that is not known. Two languages beside each other need one that is known."""
    if _DATED.search(label):
        return None
    label = _NUMBERED.sub("", label)
    if found := _MEANING.get(folded(label)):
        return found
    inside = _IN_BRACKETS.search(label)
    spellings = [_IN_BRACKETS.sub(" ", label), *(label.split("/") if "/" in label else ())]
    if inside:
        spellings.append(inside[1])
    return next((found for spelling in spellings if (found := _MEANING.get(folded(spelling)))), None) or _alike(label)


def _alike(label: str) -> Meaning | None:
    """What a label that is not known says by its words; fields so told count where no known label has them."""
    words = folded(label)
    if len(words) > 50 or any(map(str.isdigit, label)) or _ANOTHERS.search(words):
        return None
    return next((("field", field) for field, pattern in _ALIKE.items() if pattern.search(words)), None)


@lru_cache(maxsize=4096)
def party_of(heading: str) -> str | None:
    """Whose section a heading begins; `nobody` for contacts that are never used, None where it is no heading."""
    meaning = meaning_of(heading)
    if meaning and meaning[0] == "party":
        return meaning[1]
    if meaning is None and _NOBODYS.search(folded(heading)):
        return "nobody"
    return None
