"""What kind of answer a WHOIS text without a record is: no such domain, reserved, asked too often, refused, broken.

Boilerplate has the words of all of these ("exceeding the query limit", "whether a name is available"). Two things tell
a statement from it: a statement stands alone, in a short paragraph, and it is not under a condition ("if you exceed").
Patterns that only statements have are looked for in long paragraphs too. A limit goes before everything else, since
servers print "no entries found" below it.

What doesn't belong here: answers with facts about a domain, which are records whatever else they say (whois.py).
"""

from __future__ import annotations

import re

from churn.enrich.meaning.whois_labels import unaccented
from churn.outcomes import Outcome

Verdict = tuple[Outcome, str | None]

LONGEST_STATEMENT = 400
MOST_PARAGRAPHS = 60

_THROTTLED = re.compile(
    r"\b(?:limit|quota|rate|allowance|threshold)s?\b\W{1,3}(?:of \w{1,20} |for \S{1,60} |to this \w{1,20} )?"
    r"(?:has been |have been |is |was |already )?(?:exceeded|reached|exhausted)(?!\W{1,4}(?:reduced|limited|partial) information)|"
    r"(?:exceeded|surpassed|reached|exhausted|over) (?:\w{1,20} ){0,6}(?:limits?|quota|rate|number of|allowance)\b|"
    r"limit exceeded(?!\W{1,4}(?:reduced|limited|partial) information)|exceeds? (?:the |your )?(?:\w{1,20} ){0,4}(?:limit|quota|rate)\b|"
    r"(?:quota|limit|quer(?:y|ies)|requests|lookups)\b[\w .:]{0,60}\bexceeded\b(?!\W{1,4}(?:reduced|limited|partial) information)|"
    r"too (?:many|much|fast|frequent)\b|querying too|\b440 request denied|"
    r"requests? per (?:second|minute|hour|day) (?:is |are )?allowed|(?:access|query|connection) (?:control )?limit reached|"
    r"slow down|excessive (?:quer|use\b)|temporarily (?:blocked|blacklisted|banned|denied|suspended)|^\W*rate.?limit|"
    r"\b(?:you|your|request|query|connection|ip)\b.{0,40}\b(?:rate.?limited|throttled)|lookup (?:quota|limit)|"
    r"number of allowed quer|interval is too short|daily whois|(?:please )?go away|"
    r"\bip(?: address)?(?: \S{1,40})? (?:is |has been |was )?(?:temporarily |permanently )?(?:blocked|banned)|"
    r"\bwait (?:for )?\d{1,9} ?(?:s|m)|query interval|maximum (?:number of )?(?:quer|request|connection)|"
    r"exceso de consultas|(?:limite|cuota|quota|cota)\b.{0,40}\b(?:excedid|superad|alcanzad|atingid|excedeu|depass|raggiunt)|"
    r"(?:excedid|superad|excedeu|depass|ultrapass)\w{0,6} .{0,40}\b(?:limite|cuota|quota|cota)\b|demasiadas (?:consultas|peticiones)|"
    r"(?:muitas|demasiadas|excesso de) (?:consultas|requisic)|trop de (?:requetes|connexions|demandes)|zu viele (?:anfragen|abfragen)|"
    r"(?:limit|kontingent|anzahl)\b.{0,40}\b(?:uberschritten|erreicht)|troppe (?:richieste|interrogazioni)|te veel (?:aanvragen|verzoeken)|"
    r"zbyt (?:wiele|duzo) zapytan|przekroczono (?:limit|liczbe)|(?:sorgu|limit)\w{0,6} .{0,30}\basild|cok fazla|"
    r"for mange (?:foresp|sporr)|for manga (?:forfr|fragor)|liian monta|prilis mnoho|tul sok|"
    r"превышен\w{0,3} .{0,40}(?:лимит|количеств|числ|квот)|(?:лимит|квота) .{0,30}(?:превышен|исчерпан)|слишком (?:много|часто)|"
    r"перевищено|забагато|(?:查询|查詢|请求|訪問|访问|ip).{0,12}(?:过于?频繁|過於頻繁|超过|超出|超過|上限|限制)|频率|稍后再试|稍後再試|"
    r"(?:調べ|検索|アクセス|回数|制限|上限).{0,12}(?:超え|制限され|超過|達し)|しばらく.{0,12}(?:待|してから)|"
    r"(?:조회|검색|요청|접속).{0,16}(?:초과|과도|제한)",
    re.IGNORECASE,
)
_LIMIT_TOLD = re.compile(
    r"you(?:r \w{1,20})? ha(?:ve|s) (?:been )?(?:exceeded|reached|surpassed)|limit exceeded|(?:limit|quota) has been (?:exceeded|reached)|"
    r"too many (?:requests|queries|connections|lookups)|has exceeded the established limit",
    re.IGNORECASE,
)
"""What is a statement even in the midst of a long paragraph."""
_WAIT = re.compile(
    r"temporarily not be answered|request could not be (?:performed|processed)|try again (?:later|in\b|after)|retry (?:after|later|in)\b|(?:please|you (?:must|have to)) wait\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\bno (?:\w{1,20} ){0,3}(?:found|match|matches|entry|entries|data|object|objects|record|records|information|such domain|results?|domain)\b|"
    r"(?:not|never) (?:been )?(?:found|registered|match\w{0,2}|known|exist|delegated|assigned|allocated)\b|\bnotfound\b|"
    r"not (?:currently )?(?:registered|available in)|nothing found|\bnot (?:in|listed in) (?:our |the )?(?:database|registry)|"
    r"(?:is|are|still|seems|appears) (?:\w{1,20} )?(?:available|free)\b(?! (?:from|at|by|on|through|via|only|as|under|here|in|to)\b)|(?<!not )\bavailable (?:for (?:registration|purchase)|to (?:be )?register)|"
    r"^\W*(?:available|free|avail)(?:\W*$| Domain: )|^status\W{1,40}(?:available|free|unassigned)|(?<!not )\bavailable\W*$|"
    r"\bnomatch|domain (?:name )?(?:is )?(?:unknown|not known|not a regist)|domain\b.{0,80}\bis not valid\b|^available\W+yes|"
    r"nincs talalat|no.se.encontro|un-?registered|un-?assigned|\b0 (?:objects|records|results|matches)|non-?existent|object_not_found|"
    r"can ?not (?:be )?f(?:i|ou)nd|could ?n.?t (?:be )?f(?:i|ou)nd|do(?:es)? not (?:have|exist|match)|doesn.t exist|"
    r"no disponible|esta disponible|no (?:se encuentra|existe|encontrad|registrad|hay )|disponivel|nao (?:existe|encontrad|registrad)|"
    r"(?:est|semble) (?:disponible|libre)|aucun\w? (?:\w{1,20} )?(?:trouve|resultat|objet|enregistrement)|introuvable|pas (?:trouve|enregistre)|"
    r"nicht (?:gefunden|registriert|vergeben)|keine? (?:ubereinstimmung|eintrag|daten|treffer)|ist (?:frei|verfugbar)|"
    r"non (?:trovat|registrat|esiste)|disponibile|niet gevonden|is vrij\b|nie (?:znaleziono|istnieje)|kayit bulunamadi|bulunamadi|"
    r"ikke (?:funnet|registrer)|inte (?:registrer|upptag)|ei loytynyt|nenalezen|nem talalhato|"
    r"не (?:найден|зарегистрирован|существует|знайден|зареєстрован)|свобод(?:ен|но)|未注册|未註冊|不存在|无匹配|没有找到|查無|可注册|"
    r"見つかりません|該当(?:する)?.{0,12}(?:ありません|ございません)|未登録|등록되(?:어 있)?지 않|존재하지 않|등록되지",
    re.IGNORECASE,
)
_PLAINLY_ABSENT = re.compile(
    r"^(?:no match(?:es|ing)?\b|no entries found|no (?:data|object|record|results?) (?:was |were )?found|(?:domain )?(?:name )?not found|"
    r"nothing found|no information available about|no such domain|no records matching|object does not exist|not registered)",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"(?<!rights )\breserved\b(?! rights)|(?:name|domain) is restricted\b|^\W{0,5}restricted\b|"
    r"domain(?: name)?(?: \w{1,12}){0,3} is prohibited|not (?:be )?(?:open|available|allowed|eligible|"
    r"permitted) (?:for|to) (?:be )?(?:registr|general)|can ?not be registered|not available for|"
    r"domain (?:name )?(?:is )?not available(?! in\b)|"
    r"(?:is|has been|name|domain) blocked\b|block(?:ed)? (?:by|from)|\bblocking\b.{0,20}domain|unassignable|premium name|"
    r"name collision|registry reserved|not open\b|withheld from registration|reservad|reserve par|reserviert|riservat|"
    r"gesperrt|зарезервирован|保留|禁止|予約|예약",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"access (?:to \w{1,20} )?(?:is )?(?:denied|restricted|refused|blocked|forbidden)|not (?:authori[sz]ed|permitted|allowed)|"
    r"permission denied|connection refused|(?:has been|is|are|was|been) (?:permanently )?(?:blocked|blacklisted|banned|denied|forbidden)|"
    r"unauthori[sz]ed|request denied|\bforbidden\b|acceso denegado|acces (?:refuse|interdit)|zugriff (?:verweigert|gesperrt)",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"(?:service|server|database|system|whois)\b[\w ,.'-]{0,40}\b(?:unavailable|down\b|maintenance|offline|not available)|"
    r"server (?:is |too )+busy|internal (?:server )?error|under maintenance|temporar(?:y|ily) (?:failure|unavailable|out of)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|may|might|will|would|shall|unless|until|avoid|in case|prevent|prohibit\w*|agree|"
    r"reserves?|exceeding|subject to|limited to|whether|determin\w+)\b[^.;]{0,120}$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"'“”«»<>*]+")
_MARK = re.compile(r"^[%#;>*\s-]+")


def verdict_of(text: str) -> Verdict:
    """The outcome of an answer that has no record, and a word of explanation."""
    short, long = _paragraphs(unaccented(text))
    if any(_says(_THROTTLED, paragraph) for paragraph in short):
        return Outcome.RATE_LIMITED, "throttle text"
    for paragraph in short:
        if verdict := _statement(paragraph):
            return verdict
    if any(_says(_LIMIT_TOLD, paragraph) for paragraph in long):
        return Outcome.RATE_LIMITED, "throttle text"
    if any(map(_PLAINLY_ABSENT.search, long)):
        return Outcome.NOT_FOUND, None
    if any(_says(_REFUSED, paragraph) for paragraph in short):
        return Outcome.REFUSED, "refusal in the text"
    return Outcome.MALFORMED, "not understood"


def _statement(paragraph: str) -> Verdict | None:
    """What a short paragraph says; None where it says none of these."""
    if _PLAINLY_ABSENT.search(paragraph):
        return Outcome.NOT_FOUND, None
    if _says(_DOWN, paragraph):
        return Outcome.SERVER_FAILURE, "says that it is out of service"
    if _says(_WAIT, paragraph):
        return Outcome.RATE_LIMITED, "throttle text"
    if _says(_RESERVED, paragraph):
        return Outcome.NOT_FOUND, "reserved"
    return (Outcome.NOT_FOUND, None) if _says(_ABSENT, paragraph) else None


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern stands in a text without a condition before it."""
    return any(
        not _CONDITION.search(text[max(0, found.start() - 160) : found.start()]) for found in pattern.finditer(text)
    )


def _paragraphs(text: str) -> tuple[list[str], list[str]]:
    """Short paragraphs, which may be statements, and long ones; each on one line, comment marks and quotes cut.

    The first line of a long one is a short one too where it ends a sentence: terms of use follow some statements at once.
    """
    short: list[str] = []
    long: list[str] = []
    lines: list[str] = []
    marked = False
    for line in [*text.split("\n"), ""]:
        clean = _QUOTED.sub("", _MARK.sub("", line[:600])).strip()
        mark = line.lstrip()[:1] in {"%", "#"}
        if lines and (not clean or mark != marked):
            whole = " ".join(lines)[:4000]
            (short if len(whole) <= LONGEST_STATEMENT else long).append(whole)
            if len(whole) > LONGEST_STATEMENT and lines[0].endswith((".", "!")):
                short.append(lines[0])
            lines = []
        if clean:
            lines.append(clean)
        marked = mark
        if len(short) + len(long) >= MOST_PARAGRAPHS:
            break
    return short, long
