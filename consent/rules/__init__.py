"""The whole policy on one screen: every ground and every restriction, each a file of this folder.

docs/policy.md. The order does not matter.
"""

from __future__ import annotations

from consent.rules import (
    addressed,
    audit_review,
    carrying_out,
    conference_material,
    conflict,
    consented,
    coordination,
    directory,
    emergency,
    installation,
    lead_section,
    mistake,
    oneself,
    own_duty,
    scope,
    secrecy,
    statistics,
    statutory_conference,
    unclassified,
)

PERMITS = (
    own_duty,  # P1
    addressed,  # P2
    consented,  # P3
    statutory_conference,  # P4
    coordination,  # P5
    lead_section,  # P6
    oneself,  # P7
    emergency,  # P8
    directory,  # P9
    statistics,  # P10
    audit_review,  # P11
    installation,  # P12
    carrying_out,  # P13
)
RESTRICTIONS = (
    secrecy,  # D1
    conflict,  # D2
    conference_material,  # D3
    unclassified,  # D5
    mistake,
    scope,
)
