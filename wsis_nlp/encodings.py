"""The encoding of a text file: told where its bytes leave no doubt; else they are refused with what they look like.

UTF-8 and UTF-16 prove themselves. Windows-1252 does not, since nearly any bytes are text in it: it is read only where
the result is written as languages of Western Europe are.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections import Counter

from wsis_nlp._checks import InputError

CONTROL = re.compile(r"[\0-\x08\x0e-\x1b]")  # no text has them
OTHER_FILES = {
    b"%PDF-": "a PDF file", b"PK\x03\x04": "a ZIP archive, as .docx and .odt are", b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image", b"GIF8": "an image", b"\xd0\xcf\x11\xe0": "an old Word or Excel file",
    b"\x1f\x8b": "a compressed file", codecs.BOM_UTF32_LE: "text in UTF-32", codecs.BOM_UTF32_BE: "text in UTF-32",
}  # fmt: skip
FEWEST = 20  # bytes beyond ASCII that can tell one script from another
NUL_SHARE = 0.7  # of the units of UTF-16 text in Latin letters, at least, that have a NUL byte
UPPER, LOWER = "À-ÖØ-ÞŠŒŽŸ", "ß-öø-ÿšœž"
# The accented letters of languages that cp1252 is used for: the usual ones, and those that do not prevail. It also has
# those of Icelandic, at the places of Turkish ones, which its bytes cannot tell apart.
LANGUAGES = (
    ("àçéèùœ", "âêîôûëïöüÿæäñ"), ("áéíóúñçàè", "üòï"), ("áãàçéíóú", "âêôõ"), ("àèéìíòóù", "î"), ("äöüßéà", ""),
    ("åäöæøéü", ""), ("ëïéèüöóá", ""),
)  # fmt: skip
# What no text in Western letters has: a capital behind a small letter, a figure or a full stop, or before a capital
# and a small letter; three accented letters on end; signs inside words; letters of Iceland; õ before another letter
# than e; an opening question mark behind a letter.
ODD = re.compile(
    rf"(?<=[a-z{LOWER}0-9.,;:!?])[{UPPER}]|[{UPPER}](?=[A-Z][a-z])|(?<=[A-Z])[{UPPER}](?=[a-z])"
    rf"|[{UPPER}{LOWER}]{{3}}|[ÐÞðþýÝ¯]|[õÕ](?![eE])|(?<=[A-Za-z{UPPER}{LOWER}])[¿¡]"
    rf"|(?<=[A-Za-z{UPPER}{LOWER}])[¢£¤¥¦§¨©¬®°±²³¶¸¹ªº¼½¾×÷€‚ƒ„†‡ˆ‰‹›˜•™](?=[A-Za-z{UPPER}{LOWER}])"
    rf"|[£¥¦¬±¤](?=[a-z{LOWER}])"
)
ACCENTED = re.compile(rf"[{UPPER}{LOWER}]")
CENTRAL = "a language of Central Europe in cp1250 or ISO 8859-2"
ALPHABETS = (
    ("Turkish in cp1254", "cp1254", "çğıöşüâî"),
    (CENTRAL, "cp1250", "áäąăâćčçďđéęěëíîĺľłńňóôöőŕřśšşťţúůüűýźżž"),
    (CENTRAL, "iso8859-2", "áäąăâćčçďđéęěëíîĺľłńňóôöőŕřśšşťţúůüűýźżž"),
)
"""Other encodings of Latin letters, with the letters beyond ASCII that their text has."""
CYRILLIC, KANA = "оеаинтсрвл", "のにはをたがでてとしれさいるなまスン、。"
SCRIPTS = {
    "Cyrillic in cp1251": ("cp1251", CYRILLIC, 0.6),
    "Cyrillic in KOI8": ("koi8-u", CYRILLIC, 0.6),
    "Cyrillic in cp866": ("cp866", CYRILLIC, 0.6),
    "Cyrillic in ISO 8859-5": ("iso8859-5", CYRILLIC, 0.6),
    "Greek in cp1253": ("cp1253", "αοιετσνηυρ", 0.65),
    "Hebrew in cp1255": ("cp1255", "יוהלאמרתנש", 0.65),
    "Arabic in cp1256": ("cp1256", "اليمونرتبة", 0.65),
    "Korean in EUC-KR": ("cp949", "이다는의을를에고가하지기로도한", 0.3),
    "Japanese in Shift-JIS": ("cp932", KANA, 0.4),
    "Japanese in EUC-JP": ("euc-jp", KANA, 0.4),
    "Chinese in GBK": ("gb18030", "的一是不在人有这中大国和为了发展社会信息我们，。", 0.2),
    "Chinese in Big5": ("cp950", "的一是不在人有這中大國和為了發展社會信息我們，。", 0.2),
}
"""Encodings of other scripts, with frequent signs and the share that these have of text in them."""


def read_text(data: bytes, *, where: str) -> tuple[str, str]:
    """Text of the bytes of a document, and its encoding: utf-8, utf-8-sig, utf-16-le, utf-16-be or cp1252.

    Nothing is left out or translated: ``text.encode(encoding)`` gives the bytes, where ``utf-8`` stands for
    ``utf-8-sig``, since a byte order mark stays in the text. Bytes in another encoding or in none, with control
    characters that no text has, or without a letter or digit are an `InputError`, in which ``where`` names them.
    """
    encoding = _encoding(data)
    try:
        text = data.decode("utf-8" if encoding == "utf-8-sig" else encoding or "utf-8")
    except UnicodeDecodeError as fault:
        raise InputError(f"{where}: is not text in {_named(encoding)} ({_place(fault)}){_hint(data)}") from None
    return checked(text, where=where, name=_named(encoding)), encoding or "utf-8"


def checked(text: str, *, where: str, name: str = "UTF-8") -> str:
    """Return a text, or refuse it where it has control characters that no text has, or no letter or digit."""
    if stray := CONTROL.search(text):
        said = f"control character {stray.group()!r} at offset {stray.start()}"
        raise InputError(f"{where}: is not text in {name} ({said}){_hint(text.encode('utf-8', 'replace'))}")
    if not any(sign.isalnum() for sign in text):
        raise InputError(f"{where}: is empty; at least one word is needed")
    return text


def utf_8(data: bytes, *, where: str) -> str:
    """Text of the bytes of a file of data, which is in UTF-8; what is not is an `InputError`."""
    try:
        return checked(data.decode("utf-8"), where=where)
    except UnicodeDecodeError as fault:
        encoding = _encoding(data)
        hint = f"; it looks like {_named(encoding)}: save it as UTF-8" if encoding else _hint(data)
        raise InputError(f"{where}: is not text in UTF-8 ({_place(fault)}){hint}") from None


def _place(fault: UnicodeDecodeError) -> str:
    return f"the byte at offset {fault.start} cannot be decoded"


def _named(encoding: str) -> str:
    return {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252 (cp1252)"}.get(encoding, "UTF-8")


def _encoding(data: bytes) -> str:
    """Name of the encoding of a text; empty where it cannot be told."""
    if any(data.startswith(sign) for sign in OTHER_FILES):
        return ""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"),
                       (codecs.BOM_UTF16_BE, "utf-16-be")):  # fmt: skip
        if data.startswith(mark):
            return name
    units = len(data) // 2
    for name, empty, full in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        if units and empty.count(0) >= NUL_SHARE * units and full.count(0) <= 0.02 * units:
            return name
    if (text := _decoded(data, "utf-8")) is not None:
        return "utf-8"
    text = _decoded(data, "cp1252")
    return "cp1252" if text is not None and _is_western(text) and not _is_damaged(data) else ""


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_western(text: str) -> bool:
    """Whether a text is written as languages of Western Europe are: what is high is rare, in place, and of one kind."""
    letters, high = sum(map(str.isalpha, text)), sum(sign > "\x7f" for sign in text)
    accented = Counter(ACCENTED.findall(text.lower()))
    total = accented.total()
    if CONTROL.search(text) or re.search(r"[\x7f-\x9f]", text) or total > 6 + letters / 6:
        return False
    if len(ODD.findall(text)) > high // 40:
        return False
    # Where accents are few they are those of names, which may be of several languages.
    own = (_of_language(accented, *signs) for signs in LANGUAGES)
    return total < max(letters / 100, 2) or total - max(own) <= total // 8


def _of_language(accented: Counter[str], usual: str, rare: str) -> int:
    """How many of the accented letters are of a language; none where letters prevail that do not in it."""
    own, few = (sum(accented[sign] for sign in signs) for signs in (usual, rare))
    return own + few if few <= max(own, 2) else 0


def _is_damaged(data: bytes) -> bool:
    """Whether a text is UTF-8 of which bytes are lost: most of what is high is in whole characters, or in halves."""
    with contextlib.suppress(UnicodeDecodeError):
        return bool(data.decode("utf-8", "surrogatepass"))
    text = data.decode("utf-8", "replace")
    return sum(sign > "\x7f" and sign != "\ufffd" for sign in text) > text.count("\ufffd")


def _hint(data: bytes) -> str:
    """What bytes that are refused look like, where it can be told, and what to do."""
    other = next((words for sign, words in OTHER_FILES.items() if data.startswith(sign)), None)
    if other and not other.startswith("text"):
        return f"; it looks like {other}"
    if b"\x1b$" in data or b"\x1b(" in data:
        other = "Japanese in ISO-2022-JP"
    if other is None and b"\0" not in data and _decoded(data, "utf-8") is None:
        other = "UTF-8 with damaged bytes" if _is_damaged(data) else _looks_like(data)
    return f"; it looks like {other}: save it as UTF-8" if other else "; save it as UTF-8"


def _looks_like(data: bytes) -> str | None:
    """The other encoding in which the bytes are most like writing."""
    data = data[:4096]
    high = sum(byte > 127 for byte in data)
    if 5 * high < 2 * len(data.translate(None, b" \r\n\t")):
        for name, encoding in (("MacRoman", "mac-roman"), ("cp850", "cp850")):
            if _is_western(data.decode(encoding)):
                return name
        found = ((name, _decoded(data, encoding), letters) for name, encoding, letters in ALPHABETS)
        return next((name for name, text, letters in found if text and _is_written(text, letters)), None)
    likeness = {name: _share(data, encoding, frequent) / usual for name, (encoding, frequent, usual) in SCRIPTS.items()}
    best = max(likeness, key=likeness.__getitem__)
    return best if likeness[best] > 0.6 and high >= FEWEST else None


def _is_written(text: str, letters: str) -> bool:
    """Whether of what is not ASCII all letters are of an alphabet, and no sign stands inside a word."""
    high = [sign for sign in text if sign > "\x7f" and sign.isalpha()]
    return set("".join(high).lower()) <= set(letters) and not re.search(r"\w[^\x00-\x7f\w\s’–—]\w", text)


def _share(data: bytes, encoding: str, frequent: str) -> float:
    """Share of frequent signs in what is not ASCII; 0 where the bytes, but for a last sign that is cut, are no text."""
    texts = (_decoded(data[: len(data) - cut], encoding) for cut in range(4))
    text = next((text for text in texts if text is not None), "")
    high = [sign for sign in text if sign > "\x7f"]
    return sum(sign in frequent for sign in high) / len(high) if high else 0.0
