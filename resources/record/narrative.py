"""Whether a narrative is safe to show: XHTML that formats and does nothing else.

https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.parsers import expat

import tinycss2

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
_MAY_SET = """
background background-color border border-bottom border-bottom-color border-bottom-style border-bottom-width
border-collapse border-color border-left border-left-color border-left-style border-left-width border-radius
border-right border-right-color border-right-style border-right-width border-spacing border-style border-top
border-top-color border-top-style border-top-width border-width caption-side clear color direction display empty-cells
float font font-family font-size font-style font-variant font-weight height letter-spacing line-height
list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width
min-height min-width padding padding-bottom padding-left padding-right padding-top page-break-after page-break-before
page-break-inside table-layout text-align text-decoration text-indent text-orientation text-transform vertical-align
white-space width word-break word-spacing word-wrap writing-mode
"""
_STYLES = frozenset(_MAY_SET.split())
"""What a style may set: nothing that moves a text out of its place, hides one over another, or fetches a file."""
_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla", "calc"})
_MOST_STYLED = 10_000
"""Characters of all different styles of a narrative: reading one takes microseconds a character."""


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
        self.styles: set[str] = set()
        self.styled = 0

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
        self._count(attributes.get("style", ""))
        for attribute, value in attributes.items():
            if self.fault:
                return
            if not _harmless(element, attribute, value.strip()):
                self._tell(
                    f"the attribute `{attribute}` is not allowed here in a narrative",
                    f"属性 `{attribute}` は使えません",
                )

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        self.filled = self.filled or not text.isspace()

    def _count(self, style: str) -> None:
        if style not in self.styles:
            self.styles.add(style)
            self.styled += len(style)
            if self.styled > _MOST_STYLED:
                self._tell(
                    f"the different styles of a narrative are at most {_MOST_STYLED} characters together",
                    f"スタイルは異なるものを合わせて {_MOST_STYLED} 文字までです",
                )

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
    return attribute != "style" or _is_plain(value)


@lru_cache(maxsize=256)
def _is_plain(style: str) -> bool:
    """Whether a style only formats: https://www.w3.org/TR/css-style-attr/"""
    for part in tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True):
        if part.type != "declaration" or part.lower_name not in _STYLES:
            return False
        waiting = list(part.value)
        while waiting:
            token = waiting.pop()
            if token.type in ("url", "error", "at-keyword", "{} block") or (
                token.type == "function" and token.lower_name not in _FUNCTIONS
            ):
                return False
            if token.type in ("number", "dimension", "percentage") and token.value < 0:
                return False
            waiting += getattr(token, "arguments", None) or getattr(token, "content", None) or ()
    return True
