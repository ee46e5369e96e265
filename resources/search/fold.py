"""Folds text so that what a reader takes for the same is the same: case, width, kana, kanji, accents, dashes, spaces.

https://hl7.org/fhir/R4/search.html#string; docs/search.md, "What folds"
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from profiles import variants

_HIRAGANA = {katakana: katakana - 0x60 for katakana in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
"""Katakana ァ–ヶ and its iteration marks to hiragana; the long vowel mark ー is common to both."""

_LARGE = {
    ord(small): ord(large) for small, large in zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True)
}
"""Small kana as the large ones: しようじ and しょうじ are one name in a register of old."""

DASHES = (*range(0x2010, 0x2016), 0x2043, 0x2212, 0x30FC, 0xFE58, 0xFE63, 0xFF0D, 0xFF70)
"""Every dash that a keyboard, a register or a form puts for another, the long vowel mark among them, as a hyphen."""

_SEPARATE = {0x309B: 0x3099, 0x309C: 0x309A}
"""The spacing dakuten ゛ and handakuten ゜ as combining ones, or they would leave a space behind."""

_LETTERS = _HIRAGANA | dict.fromkeys(DASHES, 0x2D)
_KANJI = {ord(form): ord(kanji) for form, kanji in variants.table().items()}


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Text for comparison; spaces are dropped, so 山田　太郎 and 山田太郎 are one name."""
    if text.isascii():
        return "".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.translate(_SEPARATE))
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    # Case folding can decompose anew (ß, İ), so marks are taken out once more, and the result folds to itself.
    again = unicodedata.normalize("NFKD", bare.casefold())
    kept = (letter for letter in again if unicodedata.category(letter) != "Mn" and not letter.isspace())
    return "".join(kept).translate(_LETTERS).translate(_LARGE).translate(_KANJI)
