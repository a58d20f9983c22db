"""The words by which drafters mark the parts of a text, in English, French and Spanish: recitals open with a
participle or an adjective of mind, an organ speaks in the enacting line, a number behind "paragraph" is cited.
"""

from __future__ import annotations

import re

_ADVERB = (
    r"(?:(?:Deeply|Gravely|Strongly|Fully|Firmly|Profoundly|Seriously|Particularly|Again|Further|Also|"
    r"Profondément|Vivement|Gravement|Pleinement|Profundamente|Gravemente|Plenamente|Firmemente)\s+)?"
)
_MIND = (
    r"[Cc]onvinced|[Cc]oncerned|[Aa]larmed|[Gg]uided|[Mm]indful|[Aa]ware|[Cc]onscious|[Cc]ognizant|[Dd]etermined|"
    r"[Dd]isturbed|[Dd]istressed|[Dd]ismayed|[Ee]ncouraged|[Ii]nspired|[Cc]ommitted|[Aa]ppalled|[Ss]hocked|[Dd]esirous|"
    r"[Gg]ratified|[Rr]esolved|[Cc]onvaincue?|[Cc]onsciente?|[Pp]réoccupée?|[Aa]larmée?|[Gg]uidée?|[Ss]oucieu(?:x|se)|"
    r"[Ii]nquièt?e|[Cc]onvencid[oa]|[Pp]reocupad[oa]|[Aa]larmad[oa]|[Gg]uiad[oa]|[Tt]eniendo|[Hh]abiendo|[Dd]eseos[oa]"
)
RECITAL = re.compile(
    rf"[*_]{{0,3}}(?=[A-ZÀ-Þ]){_ADVERB}(?:[A-Za-zÀ-ÿ\-]{{2,20}}ing|{_MIND}|"
    r"[A-Za-zÀ-ÿ]{2,20}(?:ant|ando|iendo|yendo)|Se félicitant|S[’']\w{2,20}ant|Tenant)\b"
)
PLAIN_RECITAL = re.compile(  # no name, such as "Beijing Declaration", opens like this
    rf"{RECITAL.pattern}[*_]{{0,3}}\s+(?:the|that|its|also|further|note|with|in|again|all|by|to|la|le|les|que|su|sus|también)\b"
)
OPERATIVE = re.compile(
    r"[*_]{0,3}(?=[A-Z])(?:(?:Also|Further|Strongly|Deeply|Again|Once again) )?"
    r"(?i:Accepts|Acknowledges|Adopts|Affirms|Agrees|Appeals|Appreciates|Approves|Authorizes|Calls|Commends|Condemns|"
    r"Confirms|Congratulates|Considers|Decides|Declares|Demands|Deplores|Designates|Determines|Draws|Emphasi[sz]es|"
    r"Encourages|Endorses|Establishes|Expresses|Highlights|Insists|Instructs|Invites|Looks|Notes|Proclaims|Reaffirms|"
    r"Recalls|Recogni[sz]es|Recommends|Regrets|Reiterates|Reminds|Renews|Requests|Resolves|Stresses|Supports|Takes|"
    r"Underlines|Underscores|Urges|Welcomes|Prie|Demande|Invite|Décide|Encourage|Exhorte|Souligne|Réaffirme|"
    r"Recommande|Pide|Solicita|Invita|Exhorta|Alienta|Reafirma|Recomienda|Subraya|Reconoce|Reconnaît"
    r")[*_]{0,3},?\s[*_]{0,2}[a-zà-ÿ]"
)
_ORGANS = (
    r"(?:The |La |Le |Les |El |L[’'])(?:[\w’'-]+ ){0,6}?(?:Assembly|Council|Commission|Conference|Committee|Board|"
    r"Congress|Forum|Authority|Parties|Meeting|Congreso|Assemblée|Conseil|Conférence|Comité|Asamblea|Consejo|"
    r"Comisión|Conferencia)\b"
)
ENACTING = re.compile(rf"[*_]{{0,3}}{_ORGANS}(?:[^.;:!?,]{{0,90}},)?[*_]{{0,3}},?")
MASTHEAD = re.compile(
    r"United Nations\b|Nations Unies\b|Naciones Unidas\b|Distr\.|Original ?:|"
    r"[\w-]+ (?:emergency |special |regular )*session\b|"
    r"Agenda items?\b|Point \d+|Tema \d+|Item \d+|\[?(?:on|without) (?:the|reference)\b|Resolution adopted|"
    r"R[ée]solution adopt|Resolución aprobada|\[sur |\[sin |\[sobre |.{0,60}\bdraft\b|.{0,40}\b(?:version|versión)\b|"
    r"\d{1,4}/\d{1,4}\.|\d{4}/\.|Projet de|Proyecto de|General Assembly$|Economic and Social Council$|"
    r".{0,60}\b(?:19|20)\d\d(?:\b.{0,12})$",
    re.IGNORECASE,
)
RESOLUTION = re.compile(r"[*_]{0,3}\d{1,4}/\d{1,4}(?: ?[A-Z])?\.\s+")
SPEAKER = re.compile(r"(?:We|It|They|This|These|I)\b")
MEETING = re.compile(
    r"[*_]{0,3}(?:\d{1,4}(?:st|nd|rd|th|e|re|ère|ª|a|º)?\.? (?:\(\w{1,20}\) )?(?:closed |resumed )?"
    r"(?:[Pp]lenary|[Ss]éance|[Ss]esión|[Mm]eeting)\b"
    r"|(?:Adopted|Done|Fait|Hecho|Aprobad[oa]|Adoptée?) (?:at|by|in|on|à|en|le|el)\b)"
)
_DAY = r"\d{1,2}(?:er|º)?(?:\s+(?:de\s+)?[A-Za-zÀ-ÿ]{3,10})?"
DATE = re.compile(
    rf"[*_]{{0,3}}(?:\w+, )?(?:{_DAY}\s?(?:[-–—]|to|and|au|al)\s?)?{_DAY},?\s+(?:de\s+)?(?:19|20)\d\d[*_]{{0,3}}$"
)
PREAMBLE = re.compile(r"(?:preamble|préambule|preámbulo)\b", re.IGNORECASE)
OPENING = re.compile(
    r"(?:preamble|introduction|préambule|preámbulo|introducción|background|summary|overview|foreword)\b", re.IGNORECASE
)
PART = re.compile(
    r"(?P<word>Objective|Objectif|Objetivo|Chapter|Chapitre|Capítulo|Part|Partie|Parte|Section|Sección|Article|Artículo|"
    r"Title|Titre|Título|Action|Goal|Principle|Principe|Principio|Pillar|Theme|Annex|Annexe|Anexo|Appendix|Rule|Règle|Regla)\s{1,4}"
    r"(?P<number>\d{1,3}|[IVXLC]{1,7}|[A-Z]|premi[eè]re?|primer[oa]?|one|two|three|four|five)(?P<stop>\s?[.:–—-])?(?=\s|$)",
    re.IGNORECASE,
)
ANNEX = re.compile(r"[*_# ]{0,6}(?:Annex|Annexe|Anexo|Appendix)\b.{0,4}$", re.IGNORECASE)
CITING = re.compile(
    r"(?<!\w)(?:paragraphs?|paras?\.|articles?|art\.|arts\.|resolutions?|decisions?|chapters?|chap\.|sections?|sect\.|rules?|Goals?|"
    r"targets?|No\.|Nos\.|items?|vol\.|pp?\.|principles?|Line|Lines|annex|table|figure|paragraphes?|alinéas?|résolutions?|"
    r"décisions?|párrafos?|párr\.|artículos?|resoluciones|resolución|objetivos?|objectifs?|and|to|or|et|à|y|of|de|du|del|the|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)$",
    re.IGNORECASE,
)
DANGLING = re.compile(
    r"\b(?:and|or|of|the|for|in|to|on|a|an|with|by|from|at|as|that|which|its|their|our|et|ou|de|des|du|la|le|les|pour|en|"
    r"à|y|o|del|los|las|el|para|por|con|que|al|aux?|it|they|who|is|are|than|towards|into|"
    r"between|among|through|under|within|against|upon)[*_]*$|[,\-–—/(]$",
    re.IGNORECASE,
)
CITATION = re.compile(
    r"(?:See|Ibid|Resolutions?\b|General Assembly resolutions?|United Nations,|Official Records|A/|E/|S/|FCCC/|"
    r"Voir|Véase|Résolutions?\b|Resoluci[oó]n|Economic and Social Council (?:resolution|decision)|"
    r"Available (?:at|from)|https?:|Adopted|As |Including|On behalf|Documents? |World |Report )"
)
SYMBOL = re.compile(r"\b(?:[A-Z][A-Z0-9.\-]{0,11})(?:/[A-Za-z0-9.\-()]{1,14}){1,7}\b\*?")
CLOSURE = re.compile(r"\[\s{0,3}suggested\s+for\s+closure[^\[\]]{0,200}\]", re.IGNORECASE)
SUFFIXES = ("", "bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "novies", "decies")
SUFFIX = f"(?:{'|'.join(SUFFIXES[1:])})"
