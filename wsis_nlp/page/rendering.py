"""The page as a file: template, style, scripts and data in one, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
VIEWS = ("core", "tables", "reader", "search", "drift", "similarity", "lineage", "readings", "topics", "about", "main")
# Signs with which an element, a comment or an entity begins or ends, and those that act without being seen.
ACTIVE = re.compile(r"[<>&\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e00ff]")


def render_page(data: Mapping[str, Any]) -> bytes:
    """The page of data as `page_data` gives it: the same bytes for the same data."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, keep_trailing_newline=True)
    views = "".join(_part(f"{name}.js") for name in VIEWS)
    parts = {"style": _part("page.css"), "script": f'"use strict";\n(() => {{\n{views}}})();\n'}
    policy = "; ".join((
        "default-src 'none'", "base-uri 'none'", "form-action 'none'", "img-src data:",
        *(f"{name}-src '{_digest(part)}'" for name, part in parts.items()),
    ))  # fmt: skip
    shown = {name: Markup(part) for name, part in parts.items()}
    page = templates.get_template("page.html.j2").render(policy=policy, data=Markup(embedded(data)), **shown)
    return page.encode()


def embedded(data: object) -> str:
    r"""A value as JSON that can stand in an element of a page: no sign of it ends the element, or acts unseen.

    >>> embedded({"a": "</script><!-- \u2028"})
    '{"a":"\\u003c/script\\u003e\\u003c!-- \\u2028"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return ACTIVE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    return f"\\u{ord(sign):04x}" if sign.isascii() else json.dumps(sign)[1:-1]


def _part(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(part: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
