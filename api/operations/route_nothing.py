"""What `$route` says where no desk answers: exactly what is missing in the directory.

R7 of the domain, and its §6: an empty installation says what is missing
"""

from __future__ import annotations

from resources.directory import Asked
from resources.record.problem import Issue


def nothing_found(asked: Asked, any_desk: bool) -> Issue:
    """The lead section answers: because there is no desk at all, none of the field, or none that says the words."""
    if not any_desk:
        text = "the directory has no desk yet: the lead section answers, until the desks are entered"
        return Issue(text, "窓口がまだ登録されていません。登録されるまでは主管課が受けます", "", "information")
    where, ja = (" for this area", "この地域の") if asked.area else ("", "")
    if asked.ages:
        where, ja = f"{where} and this age" if where else " for this age", f"{ja}この年齢の人の"
    if asked.field:
        text = f"no desk of the field `{asked.field}` is entered{where}, and none for everything else: "
        ja = f"{ja}この分野（`{asked.field}`）の窓口も、総合的な窓口も登録されていません"
        text, ja = f"{text}the lead section answers, until one is entered", f"{ja}。登録されるまでは主管課が受けます"
        return Issue(text, ja, "field", "information")
    text = f"no desk for everything else is entered{where}"
    ja = f"{ja}総合的な窓口が登録されていません"
    if asked.text:
        text, ja = (
            f"{text}, and none that is turned to first says these words",
            f"{ja}。はじめに相談する窓口に、この言葉に当たるものもありません",
        )
    return Issue(
        f"{text}: the lead section answers; ask again with `field`",
        f"{ja}。主管課が受けます。`field` を付けてもう一度お尋ねください",
        "field",
        "information",
    )
