"""The words of the features and what they mean on the wire."""

from __future__ import annotations

WHO = {
    "寄り添いサポートセンターの担当者": "yorisoi",
    "保健センターの担当者": "health-center",
    "地域ケア総合推進センターの担当者": "community-care",
    "こども総合相談所の担当者": "child-guidance",
    "こころの健康センターの担当者": "mental-health",
    "推進員": "coordinator",
    "もう一人の推進員": "coordinator-2",
    "主管課": "lead-section",
    "所管課長": "convener",
    "監査担当": "auditor",
    "緊急対応担当": "emergency",
}
"""Officers, by how a feature calls them."""

COLLEAGUES = {
    "寄り添いサポートセンターの副担当者": "yorisoi-deputy",
    "こども総合相談所の所長": "adviser-09",
    "一覧の管理担当": "directory-keeper",
    "社会福祉協議会のファンド担当": "fund-holder",
}
"""Officers of the same agency as one of those, who read what that one reads or less."""

SYSTEMS = {
    "寄り添いサポートセンターのシステム": "yorisoi-system",
    "保健センターのシステム": "health-center-system",
    "こども総合相談所のシステム": "child-guidance-system",
}

WHAT = {
    "母": "mother",
    "妹": "sister",
    "長男": "son",
    "父": "father",
    "母の困りごと": "mother-mental-health",
    "保健センターの母の困りごと": "twin-concern",
    "母の慎重な記録": "mother-restricted",
    "妹の困りごと": "sister-income-work",
    "長男の困りごと": "son-child-rearing",
    "妹の続柄": "sister-kin",
    "長男の続柄": "son-kin",
    "世帯": "household",
    "つなぐシート": "sheet",
    "同意書": "consent",
    "新しい同意書": "newer-consent",
    "紹介": "request",
    "紹介の仕事": "task",
    "一言": "introduction",
    "引き継ぎの仕事": "handed-on",
    "連絡の仕事": "escalation",
    "諮る仕事": "put-before",
    "事例": "case",
    "調整の仕事": "coordination",
    "支援会議": "conference",
    "招集通知": "invitation",
    "冒頭の説明": "opening-notice",
    "会議資料": "material",
    "議事録": "minutes",
    "協力の求め": "cooperation",
    "支援チーム": "team",
    "トータルケアプラン": "plan",
    "来歴": "provenance",
    "引き継ぎの申し出": "transfer",
    "覚え書き": "basic",
    "ファイル": "file",
    "不足の記録": "gap",
}
"""Records of the scenario's own household, by how a feature calls them."""

KINDS = {
    "世帯員": "Patient",
    "続柄": "RelatedPerson",
    "困りごと": "Condition",
    "世帯": "Group",
    "つなぐシート": "QuestionnaireResponse",
    "同意書": "Consent",
    "紹介": "ServiceRequest",
    "仕事": "Task",
    "連絡": "Communication",
    "計画": "CarePlan",
    "支援会議": "Encounter",
    "支援チーム": "CareTeam",
    "会議資料": "List",
    "議事録": "Composition",
    "来歴": "Provenance",
    "覚え書き": "Basic",
    "不足": "Observation",
    "ファイル": "Binary",
}
"""What is searched for, as a resource type."""

FORMS = {
    "ページ": "text/html",
    "図": "image/svg+xml",
    "暦": "text/calendar",
    "データ": "application/json",
}
"""As what a week is drawn."""

CALLED = {name: word for word, name in WHAT.items()}

AGENCIES = {
    "寄り添いサポートセンター": "Organization/yorisoi-center",
    "保健センター": "Organization/health-center-kita-chuo",
    "地域ケア総合推進センター": "Organization/community-care-center",
    "こども総合相談所": "Organization/child-guidance-center",
    "こころの健康センター": "Organization/mental-health-center",
}


def several(text: str) -> list[str]:
    """The words of a list written with 、 (なし is the empty one)."""
    return [] if text == "なし" else text.split("、")
