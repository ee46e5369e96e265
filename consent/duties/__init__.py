"""Which duties bear on which type of record: all of them on one screen.

docs/policy.md, "duties".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from consent.duties import (
    acknowledgement,
    answering,
    basic,
    belonging,
    care_plan,
    carrying_out,
    case_ending,
    communication,
    conference,
    confirmation,
    conflict,
    consent,
    cooperation,
    coordination,
    deciding,
    directory,
    dividing,
    emergency,
    fund,
    fund_consultation,
    fund_payment,
    handling,
    household,
    introduction,
    labels,
    material,
    merge,
    minutes,
    mistake,
    one_case,
    opinion,
    parting,
    programmes,
    reception,
    referral,
    resource_gap,
    restriction,
    roles,
    roster,
    statistics,
    staying,
    succession,
    ticked,
    transfer,
    validity,
    widening,
)
from consent.transition import Transition
from resources.record.problem import Issue

Duty = Callable[[Transition], Iterator[Issue]]

BY_TYPE: Mapping[str, tuple[Duty, ...]] = {
    "Basic": (basic.about_somebody,),  # P3
    "Binary": (belonging.of_own_records, belonging.of_no_material),  # P1, D3
    "CarePlan": (
        household.begins_nothing_more,  # R37
        coordination.performs_nothing,  # R15
        *(care_plan.drawable, care_plan.one_for_the_household, care_plan.stays_what_it_is),  # R37
        one_case.of_a_household,  # R37
        *(case_ending.with_its_outcome, case_ending.stays_as_it_ended),  # R44
        *(mistake.of_nothing_under_way, staying.of_its_household),  # R17, R44
        staying.read_by_who_works_on_it,  # R16
        programmes.followed_by_its_pair,  # R45
    ),
    "CareTeam": (
        household.begins_nothing_more,  # R37
        roster.kept_by_convener,  # art. 3
        *(roles.decided_by_lead_section, roles.sender_stays),  # R19, R11
        coordination.performs_nothing,  # R15
        validity.told,  # art. 3, P12
    ),
    "Communication": (
        *(acknowledgement.one_s_own, acknowledgement.letters_of_the_meeting),  # R35
        *(communication.in_one_s_own_name, communication.told_by_the_server),  # P2, P3
        introduction.says_a_word,  # R9
        opinion.says_how,  # R24
        parting.sent_stays,  # P2
    ),
    "Composition": (minutes.kept_by_the_secretariat, opinion.says_how),  # R36, R24
    "Consent": (
        *(consent.enforceable, consent.signed, consent.final, consent.not_too_many, consent.not_too_many_active),
        *(consent.withholding_stays, consent.verified_by_the_server),
    ),  # R3, R4
    "Encounter": (
        household.begins_nothing_more,  # R37
        conference.convened,  # art. 4, R27, P4, R38
        conference.course,
        roster.members_are_standing,
        roster.fields_at_table,
        validity.told,
        *(deciding.follows_the_case_conference, deciding.attended),  # R21, R25, R26
        deciding.kept_by_somebody,  # R36
        *(deciding.necessary, deciding.decided_in_order),  # R4, R22
    ),
    "EpisodeOfCare": (coordination.performs_nothing,),  # R15
    "Flag": (conflict.ended_by_the_lead_section,),  # D2
    "Group": (
        *(household.of_patients, household.ended_by_division),  # P3
        *(mistake.of_nothing_under_way, staying.of_its_household, staying.read_by_who_works_on_it),  # R17, R44, R16
    ),
    "HealthcareService": (
        *(directory.desk_stays, directory.pair_shares_its_provider),  # P12, R45
        validity.told,  # P12
    ),
    "Location": (validity.told,),  # P12
    "Organization": (validity.told, succession.stays_ended),  # P12
    "OrganizationAffiliation": (validity.told,),  # P12
    "MeasureReport": (statistics.reported_by_the_server,),  # P10
    "Observation": (resource_gap.countable,),  # R43
    "Patient": (mistake.of_nothing_under_way,),  # R17, R44
    "PractitionerRole": (validity.told, succession.nobody_comes_to_it),  # P12
    "Provenance": (belonging.of_own_records, belonging.of_no_material),  # P1, D3
    "QuestionnaireResponse": (
        *(material.put_in_order, opinion.says_how),  # R23, R24
        ticked.stands_as_concern,  # R18
    ),
    "ServiceRequest": (
        coordination.performs_nothing,  # R15
        *(introduction.content_handed_over, introduction.waived_with_a_reason),  # R9, R10
        parting.taken_on_stays,  # R12a
    ),
    "Task": (
        *(referral.not_refused, referral.not_passed_on, referral.owner_answers),
        *(answering.in_order, answering.held_with_reason, answering.ended_with_outcome),  # R5, R12a
        *(cooperation.asked_by_the_convener, cooperation.answered_or_reasoned),  # R24, R31, R32
        coordination.holds_no_case,  # R15
        coordination.kept,  # P6
        coordination.says_of_the_sheet,  # R1
        *(coordination.monitored, staying.brought_of_its_household),  # R17
        carrying_out.taken_on_under_secrecy,  # R35
        reception.asked_by_an_agency,  # R14
        *(fund.asked, fund.paid_in, fund_payment.decided, fund_consultation.consulted),  # F1 to F10
        case_ending.reviewed,  # R44
        confirmation.kept,  # R3
        emergency.reviewed_by_the_lead_section,  # P8
        *(restriction.looked_at_by_the_lead_section, restriction.list_asked_by_the_server),  # D1, D2
        transfer.answered_by_the_operation,  # P1
        *(dividing.answered_by_the_operation, merge.answered_by_the_operation),  # P1
        succession.named_by_the_operation,  # P1
        household.begins_nothing_more,  # R37
        parting.answered_stays,  # P2
    ),
}

ON_WRITES: tuple[Duty, ...] = (
    labels.told,  # D1
    handling.withheld_with_a_reason,  # P7
    handling.marked_by_the_server,  # D5
    staying.of_own_records,  # R37
)
"""Of every type, on what is created and on what is updated."""

ON_UPDATES: tuple[Duty, ...] = (labels.lowered_by_custodian, widening.by_who_keeps_it)  # P1
"""Of every type; they ask about what was, so a new record has nothing to do with them."""
