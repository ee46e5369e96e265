"""$fund-balance: the account of the fund, entry by entry, with what was left after each.

F10 of the domain; profiles/tsunagu/OperationDefinition-fund-balance.json
"""

from __future__ import annotations

from typing import Any

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.fund_account import Entry
from consent.views import funding
from resources import fund


async def fund_balance(call: Call) -> Answer:
    """The balance now, and how it came about; which requests were paid is told to who holds the fund."""
    parameters.of_address(call, ())
    call.sign_in()
    async with call.on.gate.reading(call.actor, interaction="operation", asked="$fund-balance") as reading:
        entries = await funding.told(reading)
        whole = funding.holds(reading.facts)
    balance = entries[-1].balance if entries else 0
    parts: list[dict[str, Any]] = [{"name": "balance", "valueMoney": _yen(balance)}]
    return respond.json(
        {"resourceType": "Parameters", "parameter": [*parts, *(_entry(each, whole) for each in entries)]}
    )


def _entry(entry: Entry, whole: bool) -> dict[str, Any]:
    part: list[dict[str, Any]] = [
        {"name": "date", "valueDate": entry.day},
        {"name": "amount", "valueMoney": _yen(entry.amount)},
        {"name": "balance", "valueMoney": _yen(entry.balance)},
    ]
    if entry.agency.startswith("Organization/"):
        part.append({"name": "agency", "valueReference": {"reference": entry.agency}})
    if whole:
        part.append({"name": "task", "valueReference": {"reference": entry.task}})
    return {"name": "entry", "part": part}


def _yen(amount: int) -> dict[str, Any]:
    return {"value": amount, "currency": fund.YEN}
