"""The CapabilityStatement, made from the specification and from the table of routes.

https://hl7.org/fhir/R4/capabilitystatement.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.http.route import Route
from api.interactions import audit_request, subscription
from api.routing import routes
from api.settings import Settings
from api.subscription import form
from consent import vocabulary
from consent.auditing import audit_event
from profiles import topics
from profiles.spec import SearchParameter, Spec
from resources.record import coding
from resources.search import condition, include
from resources.search.index import Index

VERSION = "0.2.0"
_DATE = "2026-11-26"


def statement(spec: Spec, index: Index, settings: Settings) -> dict[str, Any]:
    """The whole statement; a type is listed with what the policy can ever permit on it."""
    return {
        "resourceType": "CapabilityStatement",
        "id": "tsunagu",
        "url": f"{coding.BASE}/CapabilityStatement/tsunagu",
        "version": VERSION,
        "name": "Tsunagu",
        "title": "つなぐ / Tsunagu",
        "status": "active",
        "date": _DATE,
        "publisher": "Tsunagu",
        "kind": "instance",
        "software": {"name": "Tsunagu", "version": VERSION},
        "implementation": {"description": "Case records of a city that never refuses", "url": settings.fhir},
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "references to types not listed here, or to other servers, are kept and open nothing",
                "security": _security(settings),
                "resource": [_own(type, spec) or _resource(type, index, spec) for type in sorted(vocabulary.SERVED)],
                "interaction": [
                    {"code": code}
                    for row in routes.INTERACTIONS
                    if not row.path.startswith("/{type}") and row.interaction != "capabilities"
                    for code in (row.interaction, *row.also)
                ],
                "operation": _operations([row for row in routes.OPERATIONS if row.path.startswith("/$")], spec),
                "compartment": [
                    f"http://hl7.org/fhir/CompartmentDefinition/{type[0].lower()}{type[1:]}"
                    for type in spec.compartments
                    if type in vocabulary.SERVED
                ],
            }
        ],
    }


def _security(settings: Settings) -> dict[str, Any]:
    uris = {
        "token": f"{settings.address}/oauth/token",
        "authorize": f"{settings.address}/oauth/authorize",
        "introspect": f"{settings.address}/oauth/introspect",
        "revoke": f"{settings.address}/oauth/revoke",
    }
    service = "http://terminology.hl7.org/CodeSystem/restful-security-service"
    return {
        "cors": True,
        "service": [{"coding": [{"system": service, "code": "SMART-on-FHIR"}]}],
        "extension": [
            {
                "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                "extension": [{"url": name, "valueUri": uri} for name, uri in uris.items()],
            }
        ],
    }


def _resource(type: str, index: Index, spec: Spec) -> dict[str, Any]:
    served = sorted(index.parameters(type))
    parameters = [spec.search[type][code] for code in served if condition.is_answered(index, type, code)]
    found: dict[str, Any] = {
        "type": type,
        "interaction": [{"code": code} for code in _interactions(type)],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": type in vocabulary.CASEWORK,
        "conditionalRead": "full-support",
        "conditionalUpdate": type in vocabulary.CASEWORK,
        "conditionalDelete": "single" if type in vocabulary.CASEWORK - vocabulary.NEVER_DELETED else "not-supported",
        "referencePolicy": ["literal", "logical", "enforced"],
        "searchInclude": include.forwards(index, type),
        "searchRevInclude": include.backwards(index, type),
        "searchParam": [_parameter(each) for each in parameters],
    }
    for name in ("searchInclude", "searchRevInclude"):
        if not found[name]:
            del found[name]
    bearing = [row for row in routes.OPERATIONS if row.path.startswith((f"/{type}/", "/{type}/"))]
    if told := _operations([row for row in bearing if _serves(row, type)], spec):
        found["operation"] = told
    return found


def _serves(row: Route, type: str) -> bool:
    """Whether an operation's row is for a type. Of what is part of the installation nobody asks who may see it."""
    if row.path.startswith(f"/{type}/"):
        return True
    if type in vocabulary.DEFINITIONS:
        return row.interaction == "$meta"
    return not row.writes or type in vocabulary.CASEWORK


def _operations(rows: list[Route], spec: Spec) -> list[dict[str, str]]:
    codes = dict.fromkeys(row.operation for row in rows)
    return [{"name": code, "definition": definition(spec, code)["url"]} for code in codes]


def _trail(spec: Spec) -> dict[str, Any]:
    """AuditEvent, a view of the trail: nobody writes it, and it is found by a few keys."""
    official = spec.search[audit_event.TYPE]
    return {
        "type": audit_event.TYPE,
        "documentation": "a view of the trail: docs/trail.md",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "operation": _operations(
            [row for row in routes.OPERATIONS if row.path.startswith(f"/{audit_event.TYPE}/")], spec
        ),
        "searchParam": [
            {"name": name, "type": kind} | ({"definition": official[name].url} if name in official else {})
            for name, kind in audit_request.KINDS.items()
        ],
    }


def _own(type: str, spec: Spec) -> dict[str, Any]:
    """What is said of a type of which there are no records; nothing of any other."""
    said = {audit_event.TYPE: _trail, subscription.TYPE: _channel}
    return said[type](spec) if type in said else {}


def _channel(spec: Spec) -> dict[str, Any]:
    """Subscription, which a system client keeps of its own; with the topics that there are."""
    topic = f"{form.GUIDE}/capabilitystatement-subscriptiontopic-canonical"
    return {
        "extension": [{"url": topic, "valueCanonical": url} for url in topics.all()],
        "type": subscription.TYPE,
        "documentation": "for system clients: docs/subscriptions.md",
        "interaction": [{"code": code} for code in ("create", "read", "update", "delete", "search-type")],
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "operation": _operations(
            [row for row in routes.OPERATIONS if row.path.startswith(f"/{subscription.TYPE}/")], spec
        ),
        "searchParam": [
            {"name": name, "definition": found.url, "type": found.type}
            for name, found in spec.search[subscription.TYPE].items()
            if name in subscription.FOUND_BY
        ],
    }


def _interactions(type: str) -> list[str]:
    """What the table of routes has for a type, as far as the policy can permit it."""
    for_all = [row for row in routes.INTERACTIONS if row.path.startswith("/{type}")]
    served = [row for row in for_all if not row.writes or type in vocabulary.CASEWORK | vocabulary.INSTALLED]
    codes = dict.fromkeys(row.interaction for row in served)
    deleted = type in vocabulary.CASEWORK - vocabulary.NEVER_DELETED
    return [code for code in codes if code != "delete" or deleted]


def definition(spec: Spec, code: str) -> Mapping[str, Any]:
    """The OperationDefinition of an operation by its code. Raises StopIteration where there is none."""
    of_ours = (each for each in spec.artefacts.values() if each["resourceType"] == "OperationDefinition")
    return next(each for each in of_ours if each["code"] == code)


def _parameter(parameter: SearchParameter) -> dict[str, str]:
    return {"name": parameter.code, "definition": parameter.url, "type": parameter.type}
