"""Makes the table of kanji that are one name at a counter: `python -m profiles.variants UNIHAN_DIR JOYO ITAIJI`.

https://www.unicode.org/reports/tr38/

`UNIHAN_DIR` holds the Unihan database (Unicode License v3; Debian's package `unicode-data` has it), `JOYO` is the table
of old forms in the wheel `joyokanji` 1.1.0 (Apache-2.0), `ITAIJI` that of families of forms in the wheel `ja-itaiji`
1.0.2 (MIT), both as JSON. A form goes to the one kanji for general use or for names (常用漢字, 人名用漢字) that is its,
by the first that knows one: the official list of kanji for names, the old forms, Unihan, the families. Kanji of those
lists stay apart from each other unless the official list ties them, and so does a form that could be several.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from profiles import artefacts

FILE = Path(__file__).parent / "names" / "variants.json"

_GENERAL, _NAMES = "kJoyoKanji", "kJinmeiyoKanji"
ALSO = {"濵": "浜", "薮": "藪"}
"""Family names of which Unihan knows another kin, or none."""

APART = frozenset({"苓"})
"""Kanji for names that Unihan does not list as such."""

_SAME = frozenset({"kSemanticVariant", "kZVariant"})
Pairs = Mapping[str, set[str]]


@cache
def table() -> Mapping[str, str]:
    """A form of a kanji -> the kanji that it is found by."""
    return {pair[0]: pair[1] for pair in artefacts.rows(FILE)["pairs"]}


def made(unihan: Path, joyo: Mapping[str, str], itaiji: Mapping[str, list[str]]) -> dict[str, str]:
    """The table, from its sources."""
    fields = list(_fields(unihan))
    official = {
        letter: _letter(said.partition(":")[2]) for letter, field, said in fields if field == _NAMES and ":" in said
    }
    listed = {letter for letter, field, _ in fields if field in (_GENERAL, _NAMES)} - official.keys()
    same = ((letter, _letter(one)) for letter, field, said in fields if field in _SAME for one in said.split())
    families = ((one, other) for one, all in itaiji.items() for other in all if one in itaiji.get(other, ()))
    sources = [_pairs(official.items()), _pairs(joyo.items()), _pairs(same), _pairs(families)]
    forms = {form for source in sources for form in source if unicodedata.name(form, "").startswith("CJK")} - listed
    forms -= APART
    found = {form: unicodedata.normalize("NFKD", _kanji(form, sources, listed)) for form in sorted(forms)}
    plain = {
        form: kanji for form, kanji in found.items() if kanji and form == unicodedata.normalize("NFKD", form) != kanji
    }
    return plain | ALSO


def _kanji(form: str, sources: Iterable[Pairs], listed: set[str]) -> str:
    """The one listed kanji that a form is of, by the first source that names one."""
    for source in sources:
        known = source[form] & listed if form in source else set()
        if known:
            return next(iter(known)) if len(known) == 1 else ""
    return ""


def _fields(unihan: Path) -> Iterator[tuple[str, str, str]]:
    for file in sorted(unihan.glob("Unihan_*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("U+"):
                code, field, said = line.split("\t")
                yield _letter(code), field, said


def _letter(code: str) -> str:
    return chr(int(code.partition("<")[0][2:], 16))


def _pairs(of: Iterable[tuple[str, str]]) -> Pairs:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in of:
        if one != other:
            found[one].add(other)
            found[other].add(one)
    return found


if __name__ == "__main__":
    old, forms = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[2:4])
    rows = (f'"{form}{kanji}"' for form, kanji in sorted(made(Path(sys.argv[1]), old, forms).items()))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text('{"pairs": [\n' + ",\n".join(rows) + "\n]}\n", encoding="utf-8")
