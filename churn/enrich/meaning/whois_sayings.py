"""What WHOIS servers say instead of a record, as patterns in the languages of the registries. Data, one pattern a line.

Texts are without accents on Latin letters, without quotation marks and on one line; case does not matter. Repeats are
bounded, so that no text can make a pattern run away. What doesn't belong here: which saying counts (whois_verdict.py).
"""

from __future__ import annotations

import re


def _any_of(*lines: str) -> re.Pattern[str]:
    patterns = [pattern.strip() for text in lines for pattern in text.strip().splitlines()]
    return re.compile("|".join(patterns), re.IGNORECASE)


_NOT_REDUCED = r"(?!\W{1,4}(?:reduced|limited|partial) information)"
"""registro.br answers even then, with less."""

THROTTLED = _any_of(
    rf"\b(?:limit|quota|rate|allowance|threshold)s?\b\W{{1,3}}(?:of \w{{1,20}} |for \S{{1,60}} |to this \w{{1,20}} )?"
    rf"(?:has been |have been |is |was |already )?(?:exceeded|reached|exhausted){_NOT_REDUCED}",
    rf"limit exceeded{_NOT_REDUCED}",
    rf"(?:quota|limit|quer(?:y|ies)|requests|lookups)\b[\w .:]{{0,60}}\bexceeded\b{_NOT_REDUCED}",
    r"""
    (?:exceeded|surpassed|reached|exhausted|over) (?:\w{1,20} ){0,6}(?:limits?|quota|rate|number of|allowance)\b
    exceeds? (?:the |your )?(?:\w{1,20} ){0,4}(?:limit|quota|rate)\b
    too (?:many|much|fast|frequent)\b
    querying too
    \b440 request denied
    requests? per (?:second|minute|hour|day) (?:is |are )?allowed
    (?:access|query|connection) (?:control )?limit reached
    slow down
    excessive (?:quer|use\b)
    temporarily (?:blocked|blacklisted|banned|denied|suspended)
    ^\W*rate.?limit
    \b(?:you|your|request|query|connection|ip)\b.{0,40}\b(?:rate.?limited|throttled)
    lookup (?:quota|limit)
    number of allowed quer
    interval is too short
    daily whois
    (?:please )?go away
    \bwait (?:for )?\d{1,9} ?(?:s|m)
    query interval
    maximum (?:number of )?(?:quer|request|connection)
    \bip(?: address)?(?: \S{1,40})? (?:is |has been |was )?(?:temporarily |permanently )?(?:blocked|banned)
    """,
    r"""
    exceso de consultas
    (?:limite|cuota|quota|cota)\b.{0,40}\b(?:excedid|superad|alcanzad|atingid|excedeu|depass|raggiunt)
    (?:excedid|superad|excedeu|depass|ultrapass)\w{0,6} .{0,40}\b(?:limite|cuota|quota|cota)\b
    (?:demasiadas|muitas|excesso de) (?:consultas|peticiones|requisic)
    trop de (?:requetes|connexions|demandes)
    zu viele (?:anfragen|abfragen)
    (?:limit|kontingent|anzahl)\b.{0,40}\b(?:uberschritten|erreicht)
    troppe (?:richieste|interrogazioni)
    te veel (?:aanvragen|verzoeken)
    zbyt (?:wiele|duzo) zapytan
    przekroczono (?:limit|liczbe)
    (?:sorgu|limit)\w{0,6} .{0,30}\basild
    cok fazla
    for m(?:ange|anga) (?:foresp|sporr|forfr|fragor)
    liian monta
    prilis mnoho
    tul sok
    """,
    r"""
    превышен\w{0,3} .{0,40}(?:лимит|количеств|числ|квот)
    (?:лимит|квота) .{0,30}(?:превышен|исчерпан)
    слишком (?:много|часто)
    перевищено
    забагато
    (?:查询|查詢|请求|訪問|访问|ip).{0,12}(?:过于?频繁|過於頻繁|超过|超出|超過|上限|限制)
    (?:频率|頻率).{0,12}(?:过|過|超|限)
    稍后再试
    稍後再試
    (?:調べ|検索|アクセス|回数|制限|上限).{0,12}(?:超え|制限され|超過|達し)
    しばらく.{0,12}(?:待|してから)
    (?:조회|검색|요청|접속).{0,16}(?:초과|과도|제한)
    """,
)
WAIT = _any_of(
    r"""
    temporarily not be answered
    request could not be (?:performed|processed)
    try again (?:later|in\b|after)
    retry (?:after|later|in)\b
    (?:please|you (?:must|have to)) wait\b
    """
)
"""Said of limits mostly; servers that are out of service say it too."""

LIMIT_TOLD = _any_of(
    r"""
    you(?:r \w{1,20})? ha(?:ve|s) (?:been )?(?:exceeded|reached|surpassed)
    limit exceeded
    (?:limit|quota) has been (?:exceeded|reached)
    too many (?:requests|queries|connections|lookups)
    has exceeded the established limit
    """
)
"""A limit even in the midst of terms of use."""

_NOT_WHERE = r"(?! (?:from|at|by|on|through|via|only|as|under|here|in|to)\b)"
ABSENT = _any_of(
    rf"(?:is|are|still|seems|appears) (?:\w{{1,20}} )?(?:available|free)\b{_NOT_WHERE}",
    r"\bno (?:\w{1,20} ){0,3}(?:found|match|matches|entry|entries|data|object|objects|record|records|information|"
    r"such domain|results?|domain)\b",
    r"""
    (?:not|never) (?:been )?(?:found|registe?red|match\w{0,2}|known|exist|delegated|assigned|allocated)\b
    \bnotfound\b
    \bnomatch
    not (?:currently )?(?:registered|available in)
    nothing found
    \bnot (?:in|listed in) (?:our |the )?(?:database|registry)
    (?<!not )\bavailable (?:for (?:registration|purchase)|to (?:be )?register)
    ^\W*(?:available|free|avail)(?:\W*$| Domain: )
    ^status\W{1,40}(?:available|free|unassigned)
    ^available\W+yes
    (?<!not )\bavailable\W*$
    domain (?:name )?(?:is )?(?:unknown|not known|not a regist)
    domain\b.{0,80}\bis not valid\b
    un-?(?:registered|assigned)
    \b0 (?:objects|records|results|matches)
    non-?existent
    object_not_found
    can ?not (?:be )?f(?:i|ou)nd
    could ?n.?t (?:be )?f(?:i|ou)nd
    do(?:es)? not (?:have|exist|match)
    doesn.t exist
    """,
    r"""
    no disponible
    esta disponible
    no (?:se encuentra|existe|encontrad|registrad|hay )
    no.se.encontro
    disponivel
    nao (?:existe|encontrad|registrad)
    (?:est|semble) (?:disponible|libre)
    aucun\w? (?:\w{1,20} )?(?:trouve|resultat|objet|enregistrement)
    introuvable
    pas (?:trouve|enregistre)
    nicht (?:gefunden|registriert|vergeben)
    keine? (?:ubereinstimmung|eintrag|daten|treffer)
    ist (?:frei|verfugbar)
    non (?:trovat|registrat|esiste)
    disponibile
    niet gevonden
    is vrij\b
    nie (?:znaleziono|istnieje)
    bulunamadi
    (?:ikke|inte) (?:funnet|registrer|upptag)
    ei loytynyt
    nenalezen
    nem talalhato
    nincs talalat
    """,
    r"""
    не (?:найден|зарегистрирован|существует|знайден|зареєстрован)
    свобод(?:ен|но)
    未注册
    未註冊
    不存在
    无匹配
    没有找到
    查無
    可注册
    見つかりません
    該当(?:する)?.{0,12}(?:ありません|ございません)
    未登録
    등록되(?:어 있)?지 않
    존재하지 않
    """,
)
PLAINLY_ABSENT = _any_of(
    r"""
    ^no match(?:es|ing)?\b
    ^no entries found
    ^no (?:data|object|record|results?) (?:was |were )?found
    ^(?:domain )?(?:name )?not found
    ^nothing found
    ^no information available about
    ^no such domain
    ^no records matching
    ^object does not exist
    ^not registered
    """
)
"""What nothing else in the paragraph can take back."""

RESERVED = _any_of(
    r"""
    (?<!rights )\breserved\b(?! rights)
    (?:name|domain) is restricted\b
    ^\W{0,5}restricted\b
    domain(?: name)?(?: \w{1,12}){0,3} is prohibited
    not (?:be )?(?:open|available|allowed|eligible|permitted) (?:for|to) (?:be )?(?:registr|general)
    can ?not be registered
    not available for
    domain (?:name )?(?:is )?not available(?! in\b)
    (?:is|has been|name|domain) blocked\b
    block(?:ed)? (?:by|from)
    \bblocking\b.{0,20}domain
    unassignable
    premium name
    name collision
    name subscribes to
    not open\b
    withheld from registration
    reservad
    reserve par
    reserviert
    riservat
    gesperrt
    зарезервирован
    保留
    禁止
    予約
    예약
    """
)
REFUSED = _any_of(
    r"""
    access (?:to (?:\w{1,20} ){1,4})?(?:is )?(?:denied|restricted|refused|blocked|forbidden)
    not (?:authori[sz]ed|permitted|allowed)
    permission denied
    connection refused
    (?:has been|is|are|was|been) (?:permanently )?(?:blocked|blacklisted|banned|denied|forbidden)
    unauthori[sz]ed
    request denied
    \bforbidden\b
    acceso denegado
    acces (?:refuse|interdit)
    zugriff (?:verweigert|gesperrt)
    """
)
DOWN = _any_of(
    r"""
    (?:service|server|database|system|whois)\b[\w ,.'-]{0,40}\b(?:unavailable|down\b|maintenance|offline|not available)
    server (?:is |too )+busy
    internal (?:server )?error
    under maintenance
    temporar(?:y|ily) (?:failure|unavailable|out of)
    """
)
CONDITION = re.compile(
    r"\b(?:if|when|whenever|may|might|will|would|shall|unless|until|avoid|in case|prevent|prohibit\w*|agree|"
    r"reserves?|exceeding|subject to|limited to|whether|determin\w+)\b[^.;]{0,120}$",
    re.IGNORECASE,
)
"""What makes a saying in the same sentence a rule, not news."""
