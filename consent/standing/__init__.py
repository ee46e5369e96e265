"""Which records are evidence, and of what kinds: each kind in a file of its own, all of them on one screen.

docs/policy.md, "standing".
"""

from __future__ import annotations

from consent.standing import (
    birth_date,
    conference,
    confirmation,
    consent,
    coordination,
    death,
    department,
    household,
    naming,
    plan,
    post,
    request,
    roles,
)
from consent.standing.filing import Kind

BY_TYPE: dict[str, tuple[Kind, ...]] = {
    "Appointment": (request.KIND,),
    "CarePlan": (plan.KIND,),
    "CareTeam": (roles.KIND,),
    "Consent": (consent.KIND,),  # R3
    "Encounter": (conference.KIND,),
    "Group": (household.KIND,),
    "Organization": (department.KIND,),
    "OrganizationAffiliation": (department.KIND,),
    "PractitionerRole": (post.KIND,),
    "ServiceRequest": (request.KIND,),
    "Task": (coordination.KIND, confirmation.KIND, birth_date.KIND, death.KIND, naming.KIND, request.KIND),
}
