"""The directory as HSDS of Open Referral: services with their agencies, telephones, schedules, places and areas.

https://docs.openreferral.org/en/3.0/hsds/
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from resources.listing.publishing import Desk

Json = dict[str, Any]

BYDAY = {"mon": "MO", "tue": "TU", "wed": "WE", "thu": "TH", "fri": "FR", "sat": "SA", "sun": "SU"}


def page(desks: Sequence[Desk], displays: Mapping[str, str], base: str) -> Json:
    """HSDS 3.0: the services as the API of Open Referral pages them, all on one page."""
    services = [_service(desk, displays, base) for desk in desks]
    return {
        "total_items": len(services),
        "total_pages": 1,
        "page_number": 1,
        "size": len(services),
        "first_page": True,
        "last_page": True,
        "empty": not services,
        "contents": services,
    }


def _service(desk: Desk, displays: Mapping[str, str], base: str) -> Json:
    def id(*parts: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((base, *parts))))

    own = f"HealthcareService/{desk.body['id']}"
    low, high = desk.ages
    agency = str(desk.agency.get("name", ""))
    service: Json = {
        "id": id(own),
        "name": desk.name,
        "description": str(desk.body.get("comment", "")),
        "status": "active",
        "organization": {
            "id": id(f"Organization/{desk.agency.get('id', '')}"),
            "name": agency,
            "description": agency,
        },
        "phones": [
            {"id": id(own, "phone", number, inner), "number": number, "type": "voice"}
            | ({"extension": int(inner)} if inner.isdigit() else {})
            for number in desk.phones
            for inner in desk.extensions or [""]
        ],
        "schedules": [
            {
                "id": id(own, "schedule", str(place)),
                "freq": "WEEKLY",
                "byday": ",".join(BYDAY[day] for day in each.get("daysOfWeek") or BYDAY if day in BYDAY),
                "opens_at": str(each.get("availableStartTime", "00:00"))[:5],
                "closes_at": str(each.get("availableEndTime", "23:59"))[:5],
                "timezone": "9",
            }
            for place, each in enumerate(desk.body.get("availableTime") or ())
        ]
        + [{"id": id(own, "schedule", "else"), "description": each} for each in (desk.besides,) if each],
        "service_areas": [{"id": id(own, "area", name), "name": name} for name in desk.area_names],
        "attributes": [
            {
                "id": id(own, "field", each),
                "link_id": id(own),
                "link_type": "service_category",
                "link_entity": "service",
                "taxonomy_term": {"id": id("concern-field", each), "code": each, "name": displays.get(each, each)},
            }
            for each in desk.fields
        ]
        + [
            {"id": id(own, kind), "link_id": id(own), "link_type": kind, "link_entity": "service", "value": value}
            for kind, value in (("directory-number", desk.number), ("desk", "fallback-desk" if desk.starred else ""))
            if value
        ],
        "minimum_age": low,
        "maximum_age": high,
    }
    if desk.place:
        address = {"id": id(own, "address"), "address_1": desk.address, "country": "JP", "address_type": "physical"}
        place: Json = {"id": id(f"Location/{desk.place['id']}"), "location_type": "physical"}
        place |= {"name": str(desk.place.get("name", ""))} | ({"addresses": [address]} if desk.address else {})
        service["service_at_locations"] = [{"id": id(own, "location"), "location": place}]
    return {name: value for name, value in service.items() if value not in ("", [], None)}
