"""The turns of phrase that steps are made of: who, for which purpose, which record, which kind of record.

docs/testing.md
"""

from __future__ import annotations

from tests.world.words import KINDS, WHAT

ASKER = r"(?P<who>[^がは]+)が(?P<purpose>ふだんの業務として|会議のために|監査のために|緊急のために)?"
RECORD = "(?P<what>" + "|".join(sorted(WHAT, key=len, reverse=True)) + ")"
KIND = "(?P<kind>" + "|".join(sorted(KINDS, key=len, reverse=True)) + ")"
