# language: ja
@R7 @P9
機能: R7 窓口 ― どの分野にも窓口があり、探して何も出ないことはない

  シナリオ: 住んでいる学区の保健センターが、こころの問題の窓口として出る
    もし サインインしていない人が、学区 area-el-03 の「mental-health」の窓口を探す
    ならば 読める
    かつ 最初に出る窓口は Organization/health-center-kita-chuo のもの

  シナリオアウトライン: どの分野でも、窓口が必ず出る
    もし サインインしていない人が、学区 area-el-96 の「<分野>」の窓口を探す
    ならば 窓口が少なくとも一つ出る

    例:
      | 分野            |
      | medical         |
      | mental-health   |
      | care            |
      | disability      |
      | child-rearing   |
      | income-work     |
      | debts           |
      | housing         |
      | violence        |
      | rights-advocacy |
      | health          |
      | other           |

  シナリオ: 相談機関一覧はだれでも読めるが、担当者名は読めない
    ならば サインインしていない人が HealthcareService を探すと 200
    かつ サインインしていない人が Organization を探すと 200
    かつ サインインしていない人が Patient を探すと 401
    かつ サインインしていない人が PractitionerRole を探すと 401

  シナリオアウトライン: 担当者名は、サインインした人と機関のシステムには見える
    ならば <人>が担当者を探すと、名前が出る

    例:
      | 人                     |
      | こども総合相談所の担当者 |
      | 保健センターのシステム |
      | 監査担当               |

  シナリオ: 担当者名は、番号を知っていても、サインインしなければ読めない
    ならば サインインしていない人が Practitioner/practitioner-yorisoi を探すと 401
    かつ サインインしていない人が PractitionerRole/role-yorisoi を探すと 401
