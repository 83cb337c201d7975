"""From the bytes of a WHOIS answer to text: encodings (RFC 3912 states none), stray control characters, bounds.

UTF-8 where the bytes are UTF-8; else the encoding that the answer names; else the one whose letters the bytes make;
else Latin-1, which decodes anything. What doesn't belong here: what the text says.
"""

from __future__ import annotations

import codecs
import re

LONGEST_TEXT = 48_000

_STATED = re.compile(
    rb"(?:charset|encod\w{2,5}|printed in|codepage)[\s:=\"']{1,4}(?:is |in )?([A-Za-z][\w-]{2,20})", re.IGNORECASE
)
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|.)?")
_TAGS = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_SHIFT = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")
_HIGH = re.compile(rb"[\x80-\xff]+")
_KANA = re.compile("[\u3041-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HAN = re.compile("[\u4e00-\u9fff]")
_FOREIGN = re.compile("[^\x00-\x7f]")
_EAST_UNPAIRED = (("shift_jis", _KANA, 0.15), ("big5", _HAN, 0.8))
_EAST = (("euc_jp", _KANA, 0.15), ("euc_kr", _HANGUL, 0.85), ("gb18030", _HAN, 0.6), *_EAST_UNPAIRED)
"""Encodings, the letters that tell them, and their share of all that is no ASCII. In pairs: both bytes are high."""


def decode(raw: bytes) -> str:
    """Text of an answer, bounded, with plain line breaks and without control characters of terminals."""
    raw = raw[: LONGEST_TEXT * 2]
    text = _text(raw)[:LONGEST_TEXT]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "</" in text:
        text = _TAGS.sub("", text)
    return (
        text.replace("\0", "").replace("\u00a0", " ").replace("\ufeff", "").replace("\u200e", "").replace("\u200f", "")
    )


def _text(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if _SHIFT.search(raw):
        return raw.decode("iso2022_jp", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("utf-8-sig", "replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    if len(_FOREIGN.findall(text)) >= 3 * bad and len(_FOREIGN.findall(text)) > bad + 1:
        return text  # a wrong byte or two in UTF-8, or cut within a letter
    return raw.decode(_encoding(raw), "replace")


def _encoding(raw: bytes) -> str:
    stated = _STATED.search(raw)
    if stated:
        try:
            found = codecs.lookup(stated[1].decode("ascii"))
        except LookupError:
            found = None
        if found and found.name not in {"utf-8", "utf-16", "utf-32", "utf-7"} and _is_of_text(found):
            return found.name
    return _recognised(raw)


def _is_of_text(codec: codecs.CodecInfo) -> bool:
    return bool(getattr(codec, "_is_text_encoding", False)) and codec.name not in {"idna", "punycode", "unicode_escape"}


def _recognised(raw: bytes) -> str:
    """The encoding whose letters the bytes make: East Asian ones by their scripts, Cyrillic ones by long runs."""
    runs = _HIGH.findall(raw)
    high = b"".join(runs)
    if sum(len(run) for run in runs if len(run) >= 3) < max(1, len(high) * 0.7):
        return "latin-1"
    in_pairs = sum(len(run) % 2 == 0 for run in runs) >= 0.9 * len(runs)
    for name, script, share in _EAST if in_pairs else _EAST_UNPAIRED:
        try:
            foreign = "".join(_FOREIGN.findall(raw.decode(name)))
        except UnicodeDecodeError:
            continue
        if foreign and len(script.findall(foreign)) >= share * len(foreign):
            return name
    lower_koi8 = sum(0xC0 <= byte <= 0xDF for byte in high)
    lower_1251 = sum(0xE0 <= byte <= 0xFF for byte in high)
    if lower_koi8 + lower_1251 < len(high) * 0.8:
        return "latin-1"
    return "koi8_r" if lower_koi8 > lower_1251 else "cp1251"
