"""Whether a narrative is safe to show: XHTML that formats and does nothing else.

https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"

_MARKUP = """
a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p
pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var
"""
_QUALITIES = """
abbr accesskey align alt axis border cellpadding cellspacing char charoff charset cite class colspan coords dir frame
headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules scope shape span src start style
summary tabindex title type valign value vspace width
"""
_ELEMENTS = frozenset(_MARKUP.split())
_ATTRIBUTES = frozenset(_QUALITIES.split())
_LINK = re.compile(r"(https?:|mailto:|tel:|urn:|#|[^:]*$)", re.IGNORECASE)
_IMAGE = re.compile(r"(#|data:image/(png|gif|jpeg);base64,)", re.IGNORECASE)
_STYLE = re.compile(
    r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)(?<!calc)\s*\(|javascript|@|behaviou?r|binding|\\|/\*|(^|[;\s])(position|content|z-index)\s*:",
    re.IGNORECASE,
)
"""Of a style what fetches something, runs something, or lays the text over the page around it."""


def fault(div: str) -> tuple[str, str]:
    """What is wrong with a narrative, in English and Japanese; two empty texts where nothing is."""
    if "<!D" in div or "<!E" in div or "<?" in div:
        return "a narrative has no document type and no processing instruction", "文書型宣言や処理命令は書けません"
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(div, True)
    except (expat.ExpatError, ValueError):
        return "is not well-formed xhtml", "XHTML として正しく閉じられていません"
    if not reader.fault and not reader.filled:
        return "a narrative has some content", "中身がありません"
    return reader.fault or ("", "")


class _Reader:
    def __init__(self) -> None:
        self.depth = 0
        self.filled = False
        self.fault: tuple[str, str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, element = name.rpartition(" ")
        self.depth += 1
        if self.depth == 1 and (element != "div" or namespace != XHTML):
            self._tell(
                f"a narrative is one `div` in the namespace {XHTML}", f"{XHTML} の `div` ひとつでなければなりません"
            )
        elif namespace != XHTML or element not in _ELEMENTS:
            self._tell(f"the element `{element}` is not allowed in a narrative", f"要素 `{element}` は使えません")
        self.filled = self.filled or element == "img"
        for attribute, value in attributes.items():
            if not _harmless(element, attribute, value.strip()):
                self._tell(
                    f"the attribute `{attribute}` is not allowed here in a narrative",
                    f"属性 `{attribute}` は使えません",
                )

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        self.filled = self.filled or not text.isspace()

    def _tell(self, text: str, ja: str) -> None:
        self.fault = self.fault or (text, ja)


def _harmless(element: str, attribute: str, value: str) -> bool:
    if attribute == "http://www.w3.org/XML/1998/namespace lang":
        return True
    if attribute not in _ATTRIBUTES:
        return False
    if attribute in ("href", "cite", "longdesc"):
        return bool(_LINK.match(value))
    if attribute == "src":
        return element == "img" and bool(_IMAGE.match(value))
    return attribute != "style" or not _STYLE.search(value)
