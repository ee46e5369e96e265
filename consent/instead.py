"""What no rule permits: by which rule that is so, and what may be done instead.

docs/policy.md, "duties": each refusal names its rule, and says what is allowed instead.
"""

from __future__ import annotations

from collections.abc import Iterable

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Rule, Text


def of(
    action: Action, type: str, custodian: str, facts: Facts, *, handed: bool = False, codes: Iterable[str] = ()
) -> tuple[str, Text]:
    """The rule by which this stays another's to do, and what to do instead; of a record that the actor may read, that
    its custodian may have `handed` over, and that has these `codes`."""
    actor = facts.actor
    if type in vocabulary.INSTALLED:
        return "P12", _ENDED_IN_THE_DIRECTORY if action == "delete" else _KEEPERS
    if type == "AuditEvent":
        return "P11", _TRAIL
    if actor.is_citizen:
        return "P7", _ONESELF
    if actor.purpose == vocabulary.BREAK_THE_GLASS:
        return "P8", _EMERGENCY
    if actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return "D4", _PURPOSE
    if not facts.agencies:
        return "P1", _NO_POST
    if action == "delete" and custodian in facts.keeps and type in vocabulary.NEVER_DELETED:
        return "P1", _LASTS
    if handed:
        return "P1", _GIVEN if custodian in facts.keeps else _TAKEN
    return next((_BY_OFFICE[code] for code in sorted(codes) if code in _BY_OFFICE), ("P1", _THEIRS))


def against(rule: Rule) -> Text:
    """What a rule says that speaks against it, and what may be done instead."""
    found = _AGAINST.get(rule.id)
    if found is None or rule.effect == "narrow":
        return found or rule.because
    return Text(f"{rule.because.en}: {found.en}", f"{rule.because.ja}。{found.ja}")


_KEEPERS = Text(
    "the directory is kept by who holds the post of directory keeper: tell them what is to change "
    "(Communication, or by telephone); everybody reads it",
    "相談機関一覧を書けるのは、一覧の管理担当の職にある人です。変えたいことは管理担当に伝えてください。読むことはだれにもできます",
)
_ENDED_IN_THE_DIRECTORY = Text(
    "nothing of the directory is deleted: a directory keeper ends it (`active` false, `status`, `period`)",
    "相談機関一覧の記録は消せません。一覧の管理担当が、終わったこと（active・status・period）を書いてください",
)
_TRAIL = Text(
    "the trail is the server's: a disclosure made elsewhere is put on it by `AuditEvent/$recordDisclosure`",
    "監査記録はサーバーだけが書きます。よそで行った提供は `AuditEvent/$recordDisclosure` で記録してください",
)
_ONESELF = Text(
    "who reads what is about themselves writes nothing here: ask the agency that keeps the record to put it right",
    "本人と代理人は、読むことだけができます。直すこと・消すことは、記録を管理する機関に求めてください",
)
_EMERGENCY = Text(
    "in an emergency one reads: what is to be written is written by the agency that has the person in care, "
    "with a token for `CAREMGT`",
    "緊急閲覧でできるのは、読むことだけです。書くのは、その人を受け持つ機関の人が、支援の管理（CAREMGT）のトークンで行います",
)
_PURPOSE = Text(
    "for this purpose of use nothing of the casework is written: ask for a token for `CAREMGT`, `COC` or "
    "`support-conference`",
    "この利用目的では、相談支援の記録は書けません。CAREMGT・COC・support-conference のトークンで行ってください",
)
_NO_POST = Text(
    "records are written by an agency, and no post of yours holds now: a directory keeper enters it, and somebody of "
    "the agency confirms it (`$confirm-posts`)",
    "記録を書くのは機関で、いま有効な職がありません。一覧の管理担当が職を登録し、機関の人が確認（$confirm-posts）すると書けます",
)
_LASTS = Text(
    "what others rely on is not deleted: end it by a new version (`status`, `active`, `$revokeConsent`)",
    "ほかの決まりの根拠になる記録は消せません。新しい版で終わらせてください（status・active・`$revokeConsent`）",
)
_GIVEN = Text(
    "the keeping of this record was handed over, and its taker writes what follows: ask it by a Task, or to offer the "
    "record back (`$transfer`)",
    "この記録の管理は別の機関に移りました。続きを書くのは引き受けた機関です。その機関に依頼（Task）するか、"
    "`$transfer` で返してもらってください",
)
_TAKEN = Text(
    "what was written of this record before it was handed over is the giver's: write a version where you read it, or "
    "ask the lead section to open it (`Task/[id]/$transfer` with `reason`)",
    "引き継ぐ前に書かれた版は、渡した機関のものです。読めるなら新しい版を書くか、"
    "主管課に開くことを求めてください（`Task/[id]/$transfer` に `reason`）",
)
_THEIRS = Text(
    "the agency that keeps this record writes it: ask it by a Task with this record as its `focus`, or write a record "
    "of your own",
    "この記録を書けるのは、管理する機関だけです。この記録を focus とする依頼（Task）をその機関に出すか、"
    "自分の機関の記録として書いてください",
)

_BY_OFFICE = {
    vocabulary.CASE_TEAM: (
        "R19",
        Text(
            "the lead section decides the roles finally, while the case is before a conference: propose it there",
            "役割分担は主管課が、事例の支援会議のあいだに最終的に決定します。会議で提案してください",
        ),
    ),
    vocabulary.STANDING_ROSTER: (
        "art. 3",
        Text(
            "the convener keeps the standing roster: tell them",
            "構成員名簿は支援会議の所管課長が管理します。伝えてください",
        ),
    ),
    vocabulary.TOTAL_CARE_PLAN: (
        "R37",
        Text(
            "the total care plan is written by the agency that keeps the case and by its coordinator: say by your Task "
            "`carry-out` how far your part is (`in-progress`, `completed`), and propose the rest to them",
            "トータルケアプランを書くのは、事例を管理する機関と、その調整を引き受けた推進員です。担う役割の進み具合は "
            "Task（carry-out）の状態（in-progress・completed）で示し、ほかは提案してください",
        ),
    ),
}
"""Whose it is to write by the ordinance, whoever keeps the record."""

_AGAINST = {
    "scope": Text(
        "the token's scopes do not cover it: ask for a token with a scope that does",
        "トークンのスコープに含まれません。含むスコープのトークンを求めてください",
    ),
    "D2": Text(
        "a colleague without a conflict of interest does it, or the lead section ends the conflict",
        "利害の衝突のない職員が行ってください。衝突がなくなったときは、主管課が届出を終わらせます",
    ),
    "D3": Text(
        "who has a seat at the meeting asks the convener or its secretariat",
        "会議の所管課長か事務局に頼んでください",
    ),
    "mistake": Text(
        "the agency that keeps the record says that it was entered in error, and takes that back: ask it, or write a "
        "record of your own",
        "誤って記録されたとするのも、それを取り消すのも、記録を管理する機関だけです。その機関に伝えるか、自分の機関の記録として書いてください",
    ),
    "D5": Text(
        "the agency that keeps it classifies it first (`$meta-delete`)",
        "まず、記録を管理する機関が分類（$meta-delete）してください",
    ),
}
