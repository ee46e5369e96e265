"""The city's own operations of the FHIR API, one row each.

https://hl7.org/fhir/R4/operations.html
"""

from __future__ import annotations

from api.http.route import BODY, FHIR, READ, SEARCH, WRITE, Route
from api.operations import (
    access_log,
    break_glass,
    confirm_plan,
    confirm_posts,
    decide_coordination,
    decide_roles,
    declare_conflict,
    directory_export,
    divide,
    explain_access,
    extract,
    file_consent,
    letters,
    mark_mistake,
    match,
    merge,
    meta,
    name_successor,
    place_check,
    populate,
    protect,
    record_disclosure,
    revoke_consent,
    route,
    simulate,
    submit,
    transfer,
    validate,
    verify_consent,
    who_can_see,
    worklist,
)

_PREFER = ("Prefer",)
_IF_MATCH = ("If-Match",)

OPERATIONS = (
    Route(
        "route", "$route", "GET", "/HealthcareService/$route", route.route, SEARCH,
        open=True, answers=route.KINDS, parameters=("_format", *route.PARAMETERS), paged=True,
    ),
    Route(
        "directory_export", "$directory-export", "GET", "/HealthcareService/$directory-export",
        directory_export.directory_export, SEARCH, open=True, answers=directory_export.KINDS,
        parameters=directory_export.PARAMETERS,
    ),
    Route(
        "extract", "$extract", "POST", "/QuestionnaireResponse/$extract", extract.extract,
        (*BODY, "not-found", "deleted"), takes=(FHIR,),
    ),
    Route(
        "extract_stored", "$extract", "GET", "/QuestionnaireResponse/{id}/$extract", extract.extract_stored,
        (*READ, "invalid"),
    ),
    Route(
        "submit", "$submit", "POST", "/QuestionnaireResponse/$submit", submit.submit, (*WRITE, "deleted", "stale"),
        takes=(FHIR,), done=201,
    ),
    Route(
        "populate", "$populate", "GET", "/Questionnaire/{id}/$populate", populate.populate,
        (*SEARCH, "invalid", "deleted"),
        parameters=populate.PARAMETERS,
    ),
    Route(
        "populate_by_post", "$populate", "POST", "/Questionnaire/{id}/$populate", populate.populate_by_post,
        (*BODY, "forbidden", "not-found", "deleted"), takes=(FHIR,),
    ),
    Route(
        "decide_roles", "$decide-roles", "POST", "/CarePlan/{id}/$decide-roles", decide_roles.decide_roles,
        (*WRITE, "deleted"), takes=(FHIR,), headers=_PREFER, done=201,
    ),
    Route(
        "protect", "$protect", "POST", "/Patient/{id}/$protect", protect.protect, WRITE, takes=(FHIR,),
    ),
    Route("protections", "$protections", "GET", "/Patient/{id}/$protections", protect.told, READ),
    Route(
        "extend_protection", "$extend-protection", "POST", "/Patient/{id}/$extend-protection", protect.extend, WRITE,
        takes=(FHIR,),
    ),
    Route(
        "release_performers", "$release-performers", "POST", "/Patient/{id}/$release-performers", protect.release,
        WRITE, takes=(FHIR,),
    ),
    Route(
        "confirm_signer", "$confirm-signer", "POST", "/Patient/{id}/$confirm-signer", protect.confirm_signer, WRITE,
        takes=(FHIR,),
    ),
    Route(
        "confirm_protection", "$confirm-protection", "POST", "/Patient/{id}/$confirm-protection", protect.confirm,
        WRITE, takes=(FHIR,),
    ),
    Route(
        "lift_protection", "$lift-protection", "POST", "/Patient/{id}/$lift-protection", protect.lift, WRITE,
        takes=(FHIR,),
    ),
    Route(
        "place_check", "$place-check", "POST", "/{type}/{id}/$place-check", place_check.place_check, WRITE,
        takes=(FHIR,),
    ),
    *(
        Route(
            f"divide_{type.lower()}", "$divide", "POST", f"/{type}/{{id}}/$divide", divide.divide, WRITE, takes=(FHIR,)
        )
        for type in ("Group", "Task")
    ),
    Route("merge", "$merge", "POST", "/Patient/$merge", merge.merge, WRITE, takes=(FHIR,)),
    Route("answer_merge", "$merge", "POST", "/Task/{id}/$merge", merge.answer, WRITE, takes=(FHIR,)),
    Route(
        "decide_coordination", "$decide-coordination", "POST", "/Task/{id}/$decide-coordination",
        decide_coordination.decide_coordination, WRITE, takes=(FHIR,),
    ),
    Route(
        "name_successor", "$name-successor", "POST", "/Organization/{id}/$name-successor",
        name_successor.name_successor, WRITE, takes=(FHIR,),
    ),
    Route(
        "mark-mistake",
        "$mark-mistake",
        "POST",
        "/{type}/{id}/$mark-mistake",
        mark_mistake.mark_mistake,
        WRITE,
        takes=(FHIR,),
    ),
    *(
        Route(
            f"confirm_plan_{type.lower()}", "$confirm-plan", "POST", f"/{type}/{{id}}/$confirm-plan",
            confirm_plan.confirm_plan, WRITE, takes=(FHIR,),
        )
        for type in ("CarePlan", "Task")
    ),
    Route("transfer", "$transfer", "POST", "/{type}/{id}/$transfer", transfer.transfer, WRITE, takes=(FHIR,)),
    Route(
        "verify_consent", "$verify-consent", "POST", "/Consent/{id}/$verify-consent", verify_consent.verify_consent,
        (*BODY, "forbidden", "not-found", "business-rule", "too-costly"), takes=(FHIR,),
    ),
    Route(
        "file_consent", "$fileConsent", "POST", "/Consent/$fileConsent", file_consent.file_consent, WRITE,
        takes=(FHIR,), done=201,
    ),
    Route(
        "revoke_consent", "$revokeConsent", "POST", "/Consent/$revokeConsent", revoke_consent.revoke_consent, WRITE,
        takes=(FHIR,),
    ),
    Route(
        "record_disclosure", "$recordDisclosure", "POST", "/AuditEvent/$recordDisclosure",
        record_disclosure.record_disclosure, (*BODY, "forbidden", "not-found", "deleted", "too-costly"),
        takes=(FHIR,),
    ),
    Route(
        "explain_access", "$explain-access", "GET", "/{type}/{id}/$explain-access", explain_access.explain_access,
        SEARCH, parameters=explain_access.PARAMETERS,
    ),
    *(
        Route(
            f"who_can_see_{type.lower()}", "$who-can-see", "GET", f"/{type}/{{id}}/$who-can-see",
            who_can_see.who_can_see, READ, parameters=who_can_see.PARAMETERS,
        )
        for type in ("Group", "Patient")
    ),
    *(
        Route(f"match_{type.lower()}", "$match", "POST", f"/{type}/$match", handler, (*BODY, "forbidden", "not-found",
              "deleted", "too-costly"), takes=(FHIR,))
        for type, handler in (("Patient", match.person), ("Group", match.household))
    ),
    Route("simulate", "$simulate", "POST", "/$simulate", simulate.simulate, (*WRITE, "stale"), takes=(FHIR,)),
    Route(
        "invite", "$invite", "POST", "/Encounter/{id}/$invite", letters.invite, (*WRITE, "deleted"),
        takes=(FHIR,), done=201, headers=_PREFER,
    ),
    Route(
        "acknowledge", "$acknowledge", "POST", "/Encounter/{id}/$acknowledge", letters.acknowledge,
        (*WRITE, "deleted"), takes=(FHIR,), done=201, headers=_PREFER,
    ),
    Route("break_glass", "$break-glass", "POST", "/$break-glass", break_glass.break_glass, WRITE, takes=(FHIR,)),
    Route(
        "declare_conflict", "$declare-conflict", "POST", "/$declare-conflict", declare_conflict.declare_conflict,
        WRITE, takes=(FHIR,),
    ),
    Route(
        "access_log", "$access-log", "GET", "/Patient/{id}/$access-log", access_log.access_log, SEARCH,
        parameters=access_log.PARAMETERS,
    ),
    Route(
        "confirm_posts", "$confirm-posts", "POST", "/PractitionerRole/$confirm-posts", confirm_posts.confirm_posts,
        WRITE, takes=(FHIR,),
    ),
    Route("worklist", "$worklist", "GET", "/$worklist", worklist.worklist, SEARCH, parameters=worklist.PARAMETERS),
    Route(
        "validate", "$validate", "POST", "/{type}/$validate", validate.sent_one,
        (*BODY, "not-found", "too-costly"),
        takes=(FHIR,), parameters=validate.PARAMETERS,
    ),
    Route(
        "validate_update", "$validate", "POST", "/{type}/{id}/$validate", validate.sent_one,
        (*BODY, "not-found", "too-costly"),
        takes=(FHIR,), parameters=validate.PARAMETERS,
    ),
    Route(
        "validate_stored", "$validate", "GET", "/{type}/{id}/$validate", validate.stored_one, READ,
        parameters=validate.PARAMETERS,
    ),
    Route("meta_of_system", "$meta", "GET", "/$meta", meta.of_system, SEARCH, open=True),
    Route("meta_of_type", "$meta", "GET", "/{type}/$meta", meta.of_type, SEARCH, open=True),
    Route("meta", "$meta", "GET", "/{type}/{id}/$meta", meta.of_record, READ, open=True),
    Route(
        "meta_of_version", "$meta", "GET", "/{type}/{id}/_history/{version}/$meta", meta.of_record, READ, open=True,
    ),
    Route(
        "meta_add", "$meta-add", "POST", "/{type}/{id}/$meta-add", meta.add, (*WRITE, "stale", "deleted"),
        takes=(FHIR,), headers=_IF_MATCH,
    ),
    Route(
        "meta_delete", "$meta-delete", "POST", "/{type}/{id}/$meta-delete", meta.delete,
        (*WRITE, "stale", "deleted"), takes=(FHIR,), headers=_IF_MATCH,
    ),
)  # fmt: skip
