"""The few codes that rules speak of by name; each is a concept of a code system in profiles/tsunagu (tested).

https://terminology.hl7.org/CodeSystem-v3-ActReason.html
"""

from __future__ import annotations

from profiles import served
from resources import fund
from resources.record import codes_said, coding, naming

ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
"""Every purpose of use but those of our own."""

DEPARTMENT = "department"
LEAD_SECTION = "lead-section"
CONVENER = "convener"
COORDINATOR = "coordinator"
ATTENDING = (LEAD_SECTION, COORDINATOR)
"""Who attends a case conference besides the agencies and the departments behind them (R21)."""
AUDITOR = "auditor"
EMERGENCY = "emergency"
SECRETARIAT = "secretariat"
DIRECTORY_KEEPER = "directory-keeper"
STATISTICIAN = "statistician"
ADVISER = "adviser"
FUND_HOLDER = "fund-holder"
AS_SUCH = frozenset({LEAD_SECTION, CONVENER, COORDINATOR, AUDITOR})
"""The functions whose letters and requests are their post's, and not their agency's."""

CARE_MANAGEMENT = f"{ACT_REASON}|CAREMGT"
COORDINATION_OF_CARE = f"{ACT_REASON}|COC"
PATIENT_REQUEST = f"{ACT_REASON}|PATRQT"
BREAK_THE_GLASS = f"{ACT_REASON}|BTG"
SUPPORT_CONFERENCE = coding.own("purpose-of-use", "support-conference")
AUDIT_REVIEW = coding.own("purpose-of-use", "audit-review")
STATISTICS = coding.own("purpose-of-use", "statistics")
INSTALLATION = coding.own("purpose-of-use", "installation")
"""Purposes of use are `system|code`, everywhere."""

OWN_PURPOSES = frozenset({SUPPORT_CONFERENCE, STATISTICS, AUDIT_REVIEW, INSTALLATION})
"""Ours; every other purpose is HL7's."""

IMPERSONAL_PURPOSES = frozenset({STATISTICS, AUDIT_REVIEW, INSTALLATION})
"""For these nobody's record is opened, not even by a consent that names no purpose (D4)."""

CASEWORK_PURPOSES = frozenset({CARE_MANAGEMENT, COORDINATION_OF_CARE, SUPPORT_CONFERENCE})
"""For these an agency may use what it keeps and what it was sent; statistics and audits are other grounds."""

CASE = coding.own("record-category", "case")
TOTAL_CARE_PLAN = coding.own("record-category", "total-care-plan")
CONFLICT = coding.own("record-category", "conflict")
SAME_PERSON = coding.own("record-category", "same-person")
STANDING_ROSTER = coding.own("record-category", "standing-roster")
CASE_TEAM = coding.own("record-category", "case-team")
WITHHELD = coding.own("handling-label", "withheld")
UNCLASSIFIED = coding.own("handling-label", "unclassified")
COORDINATE = coding.own("task-code", "coordinate")
INQUIRY = coding.own("task-code", "inquiry")
CASE_REVIEW = coding.own("task-code", "case-review")
RESOURCE_GAP = coding.own("record-category", "resource-gap")
CONFIRM_GUARDIAN = coding.own("task-code", "confirm-guardian")
CONFIRM_BIRTH_DATE = coding.own("task-code", "confirm-birth-date")
CONFIRM_DEATH = coding.own("task-code", "confirm-death")
CONFIRMED_ON_PAPER = frozenset({CONFIRM_BIRTH_DATE, CONFIRM_DEATH})
"""What is confirmed of a person on a paper, and taken back by who may confirm it."""
VERIFY = coding.own("task-code", "verify")
CARRY_OUT = coding.own("task-code", "carry-out")
COOPERATE = coding.own("task-code", "cooperate")
ESCALATE = coding.own("task-code", "escalate-to-coordinator")
REVOCATION = coding.own("record-category", "revocation")
CONSENT_NOTICE = coding.own("communication-category", "consent-notice")
CONSENT_BEGUN = coding.own("communication-category", "consent-begun")
CONSENT_ENDED = coding.own("communication-category", "consent-ended")
DIRECTORY_NOTICE = coding.own("communication-category", "directory-notice")
OVERDUE_NOTICE = coding.own("communication-category", "overdue-notice")
CONSENT_NOTICES = frozenset({CONSENT_NOTICE, CONSENT_ENDED})
OVERLAP_NOTICE = coding.own("communication-category", "overlap-notice")
MISTAKE_NOTICE = coding.own("communication-category", "mistake-notice")
SIGHT_NOTICE = coding.own("communication-category", "sight-notice")
NOTICES = CONSENT_NOTICES | {OVERLAP_NOTICE, MISTAKE_NOTICE, SIGHT_NOTICE}
"""What the server tells of consents, mistakes, separate support, or what is not read: for who it is written to, and for
nobody by a consent or a meeting, nor as the person it is about: it names who read, and who supports."""

EMERGENCY_REVIEW = coding.own("task-code", "emergency-review")

RESTRICTION_REVIEW = coding.own("task-code", "review-restriction")

ASK_LIST = coding.own("task-code", "ask-list")
"""Before a meeting and as roles are decided: whom somebody on the list of a protection puts on it (D1)."""

CONFIRM_MISTAKE = coding.own("task-code", "confirm-mistake")
"""By this it is put before the lead section that a record names somebody by mistake."""

CONFIRM_PLAN = coding.own("task-code", "confirm-plan")
"""By this the lead section is asked to confirm a later version of a plan that was decided on."""

TRANSFER = coding.own("task-code", "transfer")
OPEN_TRANSFERRED = coding.own("task-code", "open-transferred")
MOVE_KEEPING = coding.own("task-code", "move-keeping")
TRANSFERS = frozenset({TRANSFER, OPEN_TRANSFERRED, MOVE_KEEPING})
"""By these the keeping of a record is offered to another agency, and asked of the lead section."""

MERGE = coding.own("task-code", "merge")
UNMERGE = coding.own("task-code", "unmerge")
MERGES = frozenset({MERGE, UNMERGE})
"""By these it is asked that two Patients be one person from then on, and that they be two again: for those who are
asked and who ask, since it tells of both."""

DIVIDE = coding.own("task-code", "divide")
"""By this the lead section is asked to confirm that a household is divided."""

DECIDE_COORDINATION = coding.own("task-code", "decide-coordination")
"""By this the lead section is asked whether an escalation becomes coordination."""

SUCCESSION = coding.own("task-code", "name-successor")
"""By this the lead section names who keeps the files of an agency that has ended."""

ASKED_BY_THE_SERVER = frozenset(
    {
        *TRANSFERS,
        *MERGES,
        *(ASK_LIST, CONFIRM_MISTAKE, CONFIRM_PLAN, DECIDE_COORDINATION, DIVIDE, EMERGENCY_REVIEW),
        *(RESTRICTION_REVIEW, SUCCESSION),
    }
)
"""What the server itself asks: who answers it, or writes a note on it, has nobody in care and reads no card by that. By
what is asked about a merge both sides read the two cards until it is answered, and whoever answers none by that."""

PUT_BEFORE_LEAD = frozenset(
    {CONFIRM_MISTAKE, CONFIRM_PLAN, DECIDE_COORDINATION, DIVIDE, MOVE_KEEPING, OPEN_TRANSFERRED}
)
"""What the server puts before the lead section as such, and so before nobody else of its agency."""

LIST_UNANSWERED = coding.own("communication-category", "list-unanswered")

NO_CARE = frozenset(
    {
        *(
            ASK_LIST,
            CARRY_OUT,
            CONFIRM_BIRTH_DATE,
            CONFIRM_DEATH,
            CONFIRM_GUARDIAN,
            CONFIRM_MISTAKE,
            CONFIRM_PLAN,
            DECIDE_COORDINATION,
            DIVIDE,
            EMERGENCY_REVIEW,
            ESCALATE,
            MERGE,
            RESTRICTION_REVIEW,
            SUCCESSION,
            UNMERGE,
            VERIFY,
        ),
        *(CASE_REVIEW, INQUIRY, fund.CONSULTATION, fund.DEPOSIT, fund.REQUEST),
    }
)
"""What is asked about a paper, an access, a payment or a way to go on, or tells of a role, which gives care by itself:
who answers it has nobody in care by that."""

TAKEN_ON = frozenset({"accepted", "in-progress", "on-hold"})
"""The statuses of a Task that its owner has accepted and not ended."""

ASKING = naming.OPEN["Task"]
"""The statuses in which a Task still asks something."""

VERY_RESTRICTED = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V"
"""What is labelled so opens on few grounds alone."""

PERHAPS_VERY_RESTRICTED = frozenset({VERY_RESTRICTED, codes_said.UNTOLD})
"""And what carries a label of which nobody can tell what it means, from before such a label was refused: it may be that
one."""

SECRECY_LABELS = frozenset(
    {
        coding.own("secrecy-label", "address-secret"),
        "http://terminology.hl7.org/CodeSystem/v3-ActCode|SDV",
    }
)
"""住所秘匿, and HL7's domestic violence information sensitivity (DVD is developmental disability: not this)."""

DIRECTORY = served.kinds()["directory"]
DEFINITIONS = served.kinds()["definitions"]
"""Forms, codes and what else metadata names: part of the installation, no records; everybody reads them (P9)."""

PUBLIC = DIRECTORY | DEFINITIONS
"""What tells of nobody."""

STAFF = served.kinds()["staff"]
INSTALLED = DIRECTORY | STAFF
"""What the installer writes, and who holds the post of directory keeper (P12)."""

CASEWORK = served.kinds()["casework"]
"""What an agency writes about a household; everything else is directory, specification or audit."""

CHANNELS = served.kinds()["channels"]
"""What a system client keeps of its own, and nobody else sees: no records."""

SERVED = CASEWORK | DIRECTORY | DEFINITIONS | STAFF | CHANNELS | served.kinds()["trail"]
"""The types that the policy can ever permit something on."""

NEVER_DELETED = frozenset({"AuditEvent", "Consent", "Encounter", "Patient"})
"""What the policy decides by lasting: it is ended by a new version, never deleted. A person's record carries the label
that hides where they are, and a deleted one would hide nothing any more."""

NOT_HANDED_OVER = frozenset(
    {
        *("Appointment", "Binary", "CareTeam", "Communication", "CommunicationRequest", "Consent", "Encounter"),
        *("Flag", "MeasureReport", "Provenance", "ServiceRequest", "Task"),
    }
)
"""What an agency said to another, what was signed or decided, and what belongs to another record: it stays where it
is."""


def purpose(said: str) -> str:
    """A purpose as `system|code`; a bare code is one of ours, or HL7's."""
    if not said or "|" in said:
        return said
    own = coding.own("purpose-of-use", said)
    return own if own in OWN_PURPOSES else f"{ACT_REASON}|{said}"


def coded_purpose(system: str, code: str) -> str:
    """The purpose that a coding names, empty where its system has no such code."""
    found = purpose(code)
    return found if found == f"{system}|{code}" else ""


def purpose_code(purpose: str) -> str:
    """The code of a purpose, which is what an answer says of it."""
    return purpose.rpartition("|")[2]
