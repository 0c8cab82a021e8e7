"""One sample of every kind of penalty letter: the demo company's penalties of 2026.

Ma Chao let the customer of complaint 2026-12 wait; Zhao Min moved a delivery without asking and is
dismissed at the third time; Guo Liang's film had to be applied anew, Hu Jun leads his team.
`sample("first_penalty_notice")` gives a fresh content, `sample("first_penalty_notice", of="guo")`
the same letter of another person.
"""

import copy
from typing import Any

from tests.pdf.samples import COMPANY, HE, LIU, MA, SUN, ZHOU, due, who

Content = dict[str, Any]

_SALES = {"slug": "sales", "zh": "销售部", "en": "Sales"}
_AFTER_SALES = {"slug": "after_sales", "zh": "售后服务部", "en": "After-sales"}
_DETAILING = {"slug": "detailing", "zh": "精品部", "en": "Detailing"}
_ADMINISTRATION = {"slug": "administration", "zh": "人事行政部", "en": "Administration"}

GAO = who("高峰", "机修技师", _AFTER_SALES)
QIAN = who("钱芳", "人事行政经理", _ADMINISTRATION)
CHEN = who("陈涛", "销售总监", _SALES)
LI = who("李娜", "销售组长", _SALES)
ZHAO = who("赵敏", "销售顾问", _SALES)
GUO = who("郭亮", "施工技师", _DETAILING)
HU = who("胡军", "施工组长", _DETAILING)
XU = who("徐静", "精品经理", _DETAILING)

FACTS = (
    "2026年2月28日14时10分，客户郑女士按预约到店保养车辆。马超是当班的预约接待人，至16时05分方才接待，"
    "其间未说明原因，也未请同事代接。"
)
STATEMENT = "当日预约集中、人手不足，改派的预约没有提醒。到前台后我立即接待了客户，说了“让您久等”。"
OPINION = "当时另有一名服务顾问可以代接，马超未提出请求。排班的意见已用于改进，但不能免除本人的责任。"
GROUNDS = """\
一、预约在当天上午由系统改派给我，没有提醒，我在16时前一直在车间陪同客户试车。
二、前台没有把郑女士到店的消息转告我，交接登记上没有记载。"""
ANSWER = """\
（一）预约系统记录显示，改派在当天11时20分作出，没有向新接待人发送提醒。
（二）前台交接登记没有郑女士到店的记载。未发现马超违反规定、流程或制度。"""
KEPT = """\
（一）改派没有提醒属实，已要求售后服务部改进；但马超在15时已由同事口头告知客户到店。
（二）接待流程要求先致歉、再说明，录像显示接待时没有致歉。"""
LATER_FACTS = "2026年5月12日，客户孙先生的车辆已过约定的交车时间两小时，马超未事先告知，也未说明原因。"
ZHAO_FACTS = (
    "2026年7月8日，赵敏未经客户卢先生同意，将其新车交付日期由7月11日改为7月18日，且未按流程书面告知，"
    "致使客户请假到店空等。客户于7月9日投诉。"
)
GUO_FACTS = "2026年4月16日，郭亮为客户车辆贴覆隐形车衣，未按工艺要求清洁漆面，次日车衣起泡，须全车返工。"
UNION = (
    "公司于7月15日书面通知工会。工会于7月17日回复：事实清楚，程序完备，对解除无异议，建议及时结清工资。公司予以采纳。"
)
ADOPTION = "经2025年12月8日职工代表大会讨论，与工会协商确定，12月20日公示"

_SAID = (
    *("facts", "statement", "waived", "opinion", "reason", "grounds", "union_notice", "open_reason", "answer"),
    "end_on",
)
_RULES = [
    {
        "id": "CS-7",
        "zh": (
            "员工未按规定、流程或者制度办理，造成客户不满意的，属于违规，按次数递进处罚："
            "第一次罚款，第二次加重罚款，第三次辞退。"
        ),
        "en": (
            "A customer made dissatisfied because staff did not follow rules, process or system is a violation and is "
            "penalised by ladder. The first offence brings a fine, the second a larger fine, the third dismissal."
        ),
    },
    {
        "id": "CS-8",
        "zh": "各部门的处罚标准另列；第三次一律辞退。",
        "en": "Ladders differ by department. The third offence is dismissal in every department.",
    },
]


def _at(month: int, day: int, time: str) -> str:
    return f"2026-{month:02d}-{day:02d}T{time}:00+08:00"


def _number(seq: int) -> Content:
    return {"series": "penalty", "year": 2026, "seq": seq}


def _letter(kind: str, seq: int, at: str) -> Content:
    return {"kind": kind, "number": _number(seq), "issued_at": at}


def _said(**said: object) -> Content:
    return dict.fromkeys(_SAID) | said


def _entry(person: Content, points: str, balance: str, **more: object) -> Content:
    return {
        "account": {"zh": person["name"], "en": person["name"]},
        "account_kind": "employee",
        "points": points,
        "balance_after": balance,
        "provisional_after": "0.00",
        "status": "final",
        "action": "approve",
        "effect": "posted",
        "month": "2026-03",
        "joint": False,
    } | more


def _money(person: Content, kind: str, fen: int, total: int, **more: object) -> Content:
    return {
        "account": {"zh": person["name"], "en": person["name"]},
        "kind": kind,
        "amount_fen": fen,
        "effect": "posted",
        "month": "2026-03",
        "joint": False,
        "total_fen": total,
    } | more


# --- the three cases, each as it stands before the decision ----------------------------------------

_DECISION = _letter("first_penalty_notice", 4, _at(3, 10, "15:20"))
_APPEAL = {"at": _at(3, 16, "09:40"), "grounds": GROUNDS, "number": _number(5)}
_PAY = {"cap_percent": 20, "minimum_wage_fen": 249_000, "first_month": "2026-04"}

_MA: Content = {
    "facts": FACTS,
    "rule": "CS-7",
    "occurred_on": "2026-02-28",
    "known_at": _at(3, 2, "09:00"),
    "proposed_at": _at(3, 5, "09:30"),
    "proposed_by": SUN,
    "submitted_at": None,
    "approved_at": None,
    "approved_by": None,
    "final_at": None,
    "complaint": {
        "case_number": "2026-12",
        "letter": {
            "kind": "complaint_form",
            "number": {"series": "complaint", "year": 2026, "seq": 12},
            "issued_at": _at(3, 2, "10:20"),
        },
        "customer_name": "郑女士",
    },
    "ladder": _AFTER_SALES,
    "step": "first",
    "fine_fen": 5000,
    "points": "-5.00",
    "leader": GAO,
    "leader_points": "-2.00",
    "shares": None,
    "commission": None,
    "counted": [],
    "next_step": {"step": "second", "fine_fen": 10000, "points": "-10.00"},
    "expires_after_months": 12,
    "counts_until": None,
    "fines": "allowed",
    "defence_due": _at(3, 9, "09:30"),
    "defence": None,
    "opinion": None,
    "union_notice": None,
    "appeal": None,
    "appeal_due": None,
    "appeal_to": ZHOU,
    "pay": _PAY,
    "decision": None,
}
_HEARD = {"defence": {"at": _at(3, 6, "10:00"), "waived": False, "statement": STATEMENT, "by": MA}}
_SUBMITTED = _HEARD | {"opinion": OPINION, "submitted_at": _at(3, 9, "16:10")}
_APPROVED = _SUBMITTED | {
    "approved_at": _at(3, 10, "15:20"),
    "approved_by": ZHOU,
    "appeal_due": _at(3, 17, "15:20"),
    "counts_until": "2027-03-10",
    "decision": _DECISION,
}
_APPEALED = _APPROVED | {"appeal": _APPEAL}
_SECOND = {
    "facts": LATER_FACTS,
    "occurred_on": "2026-05-12",
    "known_at": _at(5, 13, "10:00"),
    "proposed_at": _at(5, 14, "09:00"),
    "proposed_by": LIU,
    "submitted_at": _at(5, 18, "11:00"),
    "approved_at": _at(5, 19, "10:30"),
    "approved_by": HE,
    "complaint": None,
    "step": "second",
    "fine_fen": 10000,
    "points": "-10.00",
    "counted": [
        {
            "step": "first",
            "number": _number(4),
            "case_number": "2026-2",
            "approved_at": _at(3, 10, "15:20"),
            "occurred_on": "2026-02-28",
            "served_at": _at(3, 10, "17:05"),
            "fine_fen": 5000,
            "points": "-5.00",
        }
    ],
    "next_step": {"step": "dismissal", "fine_fen": None, "points": "-20.00"},
    "counts_until": "2027-05-19",
    "defence": {"at": _at(5, 15, "09:00"), "waived": True, "statement": None, "by": MA},
    "opinion": None,
    "appeal_due": _at(5, 26, "10:30"),
    "pay": _PAY | {"first_month": "2026-06"},
    "decision": _letter("second_penalty_notice", 19, _at(5, 19, "10:30")),
}
_THIRD = {
    "facts": ZHAO_FACTS,
    "occurred_on": "2026-07-08",
    "known_at": _at(7, 9, "09:20"),
    "proposed_at": _at(7, 10, "09:00"),
    "proposed_by": CHEN,
    "submitted_at": _at(7, 17, "16:00"),
    "complaint": {"case_number": "2026-63", "letter": None, "customer_name": "卢先生"},
    "ladder": _SALES,
    "step": "dismissal",
    "fine_fen": 0,
    "points": "-20.00",
    "leader": LI,
    "counted": [
        {
            "step": step,
            "number": _number(seq),
            "case_number": f"2026-{seq}",
            "approved_at": f"{served}T10:00:00+08:00",
            "occurred_on": occurred,
            "served_at": f"{served}T16:00:00+08:00",
            "fine_fen": fine,
            "points": points,
        }
        for step, seq, occurred, served, fine, points in (
            ("first", 9, "2026-04-07", "2026-04-14", 10000, "-5.00"),
            ("second", 17, "2026-05-28", "2026-06-09", 20000, "-10.00"),
        )
    ],
    "next_step": None,
    "defence_due": _at(7, 14, "09:00"),
    "defence": {
        "at": _at(7, 14, "08:50"),
        "waived": False,
        "statement": "运输车晚到，我想等确定了再告诉客户，没有想到客户已经请了假。",
        "by": ZHAO,
    },
    "opinion": "交车流程要求改期须先征得客户同意并书面告知。运输车晚到的消息，赵敏7月7日即已收到。",
    "union_notice": UNION,
    "pay": _PAY | {"first_month": "2026-08"},
}
_DISMISSED = _THIRD | {
    "approved_at": _at(7, 21, "10:30"),
    "approved_by": ZHOU,
    "appeal_due": _at(7, 28, "10:30"),
    "counts_until": "2027-07-21",
    "decision": _letter("dismissal_notice", 31, _at(7, 21, "10:30")),
}
_REGRADED = _DISMISSED | {
    "step": "second",
    "fine_fen": 20000,
    "points": "-10.00",
    "counted": _THIRD["counted"][:1],
    "next_step": {"step": "dismissal", "fine_fen": None, "points": "-20.00"},
    "appeal_due": _at(9, 8, "09:00"),
    "pay": _PAY | {"first_month": "2026-09"},
}
_REWORKED = {
    "facts": GUO_FACTS,
    "rule": "CS-9",
    "occurred_on": "2026-04-16",
    "known_at": _at(4, 17, "09:00"),
    "proposed_at": _at(4, 17, "14:00"),
    "proposed_by": XU,
    "submitted_at": _at(4, 21, "11:00"),
    "approved_at": _at(4, 22, "10:00"),
    "approved_by": ZHOU,
    "complaint": None,
    "ladder": _DETAILING,
    "leader": HU,
    "shares": {
        "cost_fen": 333_333,
        "leader": {"who": HU, "percent": 20, "fen": 66_667},
        "person": {"percent": 80, "fen": 266_666},
        "company": {"percent": 0, "fen": 0},
    },
    "commission": {"month": "2026-04", "fen": 86_000},
    "next_step": {"step": "second", "fine_fen": 10000, "points": "-10.00"},
    "defence_due": _at(4, 21, "14:00"),
    "defence": None,
    "opinion": "返工费用由财务核定为3,333.33元，附返工单。",
    "appeal_due": _at(4, 29, "10:00"),
    "counts_until": "2027-04-22",
    "pay": _PAY | {"first_month": "2026-05"},
    "decision": _letter("first_penalty_notice", 12, _at(4, 22, "10:00")),
}

_OF = {
    "ma": {"case_number": "2026-2", "respondent": MA, "head": LIU, "department": _AFTER_SALES},
    "zhao": {"case_number": "2026-15", "respondent": ZHAO, "head": CHEN, "department": _SALES},
    "guo": {"case_number": "2026-6", "respondent": GUO, "head": XU, "department": _DETAILING},
}

_CASE: Content = {
    "schema": 1,
    "template_version": "2026.1",
    "company": COMPANY,
    "rule": "CS-8",
    "rules": _RULES,
    "regulation": {
        "zh": "CS考核及管理办法",
        "en": "CS Assessment and Management Regulation",
        "edition": "2026-1",
        "in_force_from": "2026-01-01",
        "acknowledged_on": "2026-01-05",
        "adoption": ADOPTION,
    },
    "acting_for": None,
    "said": _said(),
    "recipients": [],
    "entries": [],
    "money": [],
    "refs": [],
    "attachments": [],
    "next": None,
    "exam": None,
    "ending": None,
    "change": None,
    "slip": None,
}

# --- what each step adds ---------------------------------------------------------------------------

_EXAM: Content = {
    "items": [
        {"key": key, "is_open": key == "protection", "zh": zh, "en": en}
        for key, zh, en in (
            (
                "regulation",
                f"《CS考核及管理办法》2026-1版自2026年1月1日起施行；制定与公示：{ADOPTION}；赵敏于2026年1月5日签收。",
                (
                    "CS Assessment and Management Regulation, edition 2026-1, in force from 1 January 2026; "
                    "acknowledged by 赵敏 on 5 January 2026."
                ),
            ),
            (
                "facts",
                "案卷中有证据材料3件、客诉 2026-63。",
                "In the file: 3 pieces of evidence, complaint 2026-63.",
            ),
            (
                "earlier",
                "此前2次处罚有效，且均在下一次违规之前送达。",
                "2 earlier penalties are in force, each served before the next offence.",
            ),
            ("once", "本次行为此前未受处理。", "This act has not been penalised before."),
            ("union", "已于2026年7月15日通知工会。", "The union was notified on 2026-07-15."),
            (
                "protection",
                "孕期、产期、哺乳期、医疗期、工伤和职业病的情形，系统没有记载。",
                "Pregnancy, nursing, medical period, injury at work: nothing is recorded.",
            ),
        )
    ],
    "open_reason": None,
}
_EXAMINED = _EXAM | {
    "open_reason": "人事行政部已于7月20日当面核实：赵敏不在孕期、产期、哺乳期或者医疗期，无工伤、职业病情形。"
}
_ENDING: Content = {
    "end_on": "2026-07-21",
    "contract_since": "2023-07-03",
    "post": "销售顾问",
    "department": _SALES,
    "years_of_service": {"years": 3, "months": 0},
    "handover_to": LI,
    "file_by": "2026-08-05",
}
_PRIOR = _letter("prior_notice", 1, _at(3, 5, "09:30"))
_RECORD = _letter("defence_record", 2, _at(3, 6, "10:00"))
_SUBMISSION = _letter("penalty_submission", 3, _at(3, 9, "16:10"))
_APPEAL_FORM = _letter("penalty_appeal_form", 5, _at(3, 16, "09:40"))
_UNTIL_THE_DECISION = [_PRIOR, _RECORD, _SUBMISSION]
_UNTIL_THE_APPEAL = [*_UNTIL_THE_DECISION, _DECISION, _APPEAL_FORM]

_BY_HEAD = {"signer": LIU, "signed_as": "department_head"}
_BY_MANAGER = {"signer": ZHOU, "signed_as": "general_manager"}
_BY_SYSTEM = {"signer": None, "signed_as": "system"}
_BY_PERSONNEL = {"signer": QIAN, "signed_as": "human_resources"}
_BY_MA = {"signer": MA, "signed_as": "respondent"}


def _joint(person: Content, points: str, balance: str, **more: object) -> Content:
    return _entry(person, points, balance, joint=True, **more)


_FIRST = {
    "entries": [_entry(MA, "-5.00", "90.00"), _joint(GAO, "-2.00", "98.00")],
    "money": [_money(MA, "fine", -5000, -5000)],
}
_FIRST_BACK = {
    "entries": [
        _entry(MA, "5.00", "95.00", effect="reversed", action="revoke"),
        _joint(GAO, "2.00", "100.00", effect="reversed", action="revoke"),
    ],
    "money": [_money(MA, "refund", 5000, 0, effect="reversed")],
}
_ENTRIES_OF_GUO = {
    "entries": [
        _entry(GUO, "-5.00", "95.00", month="2026-04"),
        _joint(HU, "-2.00", "98.00", month="2026-04"),
    ],
    "money": [
        _money(GUO, "fine", -5000, -5000, month="2026-04"),
        _money(GUO, "rework_share", -266_666, -271_666, month="2026-04"),
        _money(HU, "rework_share", -66_667, -66_667, month="2026-04", joint=True),
        _money(GUO, "commission_forfeit", -86_000, -357_666, month="2026-04"),
    ],
}
_LINE = {"case_number": "2026-6", "decision": _number(12)}

_STEPS: dict[str, Content] = {
    "prior_notice": _letter("prior_notice", 1, _at(3, 5, "09:30"))
    | {"signer": SUN, "signed_as": "customer_relations"}
    | {
        "said": _said(facts=FACTS),
        "recipients": [MA, LIU],
        "next": due("defence", _at(3, 9, "09:30"), MA),
        "attachments": ["预约登记截图.png", "接待区录像.mp4"],
    },
    "defence_record": _letter("defence_record", 2, _at(3, 6, "10:00"))
    | _BY_MA
    | {
        "said": _said(statement=STATEMENT, waived=False),
        "recipients": [LIU, SUN],
        "penalty": _HEARD,
        "next": due("submit", _at(3, 10, "10:00"), LIU),
        "refs": [_PRIOR],
        "attachments": ["派工单照片.jpg"],
    },
    "penalty_submission": _letter("penalty_submission", 3, _at(3, 9, "16:10"))
    | _BY_HEAD
    | {
        "said": _said(opinion=OPINION),
        "recipients": [ZHOU],
        "penalty": _SUBMITTED,
        "next": due("approve", _at(3, 16, "16:10"), ZHOU),
        "refs": [_PRIOR, _RECORD],
        "attachments": ["预约登记截图.png", "接待区录像.mp4"],
    },
    "no_penalty_notice": _letter("no_penalty_notice", 3, _at(3, 9, "16:10"))
    | _BY_HEAD
    | {
        "said": _said(reason="预约改派没有提醒，前台也未转告，本人到前台后立即接待。迟延不能归责于马超。"),
        "recipients": [MA, LIU, SUN],
        "penalty": _HEARD,
        "refs": [_PRIOR, _RECORD],
    },
    "first_penalty_notice": _DECISION
    | _BY_MANAGER
    | _FIRST
    | {
        "recipients": [MA, GAO, LIU, QIAN],
        "penalty": _APPROVED,
        "next": due("contest", _at(3, 17, "15:20"), MA),
        "refs": _UNTIL_THE_DECISION,
        "attachments": ["预约登记截图.png", "接待区录像.mp4"],
    },
    "fine_notice": _letter("fine_notice", 5, _at(3, 10, "15:20"))
    | _BY_MANAGER
    | {
        "rule": "MS-3",
        "regulation": {
            "zh": "客户满意度考核办法（修正版）",
            "en": "Regulation on Customer Satisfaction Inspections (revised)",
            "edition": "2026-1",
            "in_force_from": "2026-01-01",
            "acknowledged_on": "2026-01-05",
            "adoption": "经职工大会讨论，与工会协商确定，公示七日。",
        },
        "rules": [
            {
                "id": "MS-3",
                "zh": "每项不合格，责任人罚款20元；不超过五项的按项计，超过五项的，该次访问改为罚款200元。",
                "en": "For each failed item the responsible person is fined 20 CNY, for up to five failed items.",
            }
        ],
        "entries": [],
        "money": [_money(MA, "fine", -2000, -2000)],
        "recipients": [MA, LIU, QIAN],
        "penalty": _APPROVED
        | {
            "facts": "2026年2月28日，按《售后PT检查表》进行神秘访问（检查 2026-3）。“铺设防护用品”不合格。",
            "facts_en": "28 February 2026, mystery visit by the After-sales PT checklist (inspection 2026-3). "
            "Not met: “Protective covers”.",
            "rule": "MS-3",
            "step": "fine",
            "complaint": None,
            "fine_fen": 2000,
            "points": "0.00",
            "leader": None,
            "leader_points": "0.00",
            "next_step": None,
            "expires_after_months": None,
            "counts_until": None,
            "decision": _letter("fine_notice", 5, _at(3, 10, "15:20")),
        },
        "next": due("contest", _at(3, 17, "15:20"), MA),
        "refs": _UNTIL_THE_DECISION,
        "attachments": ["防护用品.jpg"],
    },
    "second_penalty_notice": _letter("second_penalty_notice", 19, _at(5, 19, "10:30"))
    | {"signer": HE, "signed_as": "general_manager", "acting_for": ZHOU}
    | {
        "case_number": "2026-9",
        "recipients": [MA, GAO, LIU, QIAN],
        "penalty": _SECOND,
        "entries": [
            _entry(MA, "-10.00", "90.00", month="2026-05"),
            _joint(GAO, "-2.00", "98.00", month="2026-05"),
        ],
        "money": [_money(MA, "fine", -10000, -10000, month="2026-05")],
        "next": due("contest", _at(5, 26, "10:30"), MA),
        "refs": [_letter("prior_notice", 18, _at(5, 14, "09:00"))],
        "attachments": ["交车时间登记.png"],
    },
    "dismissal_notice": _letter("dismissal_notice", 31, _at(7, 21, "10:30"))
    | _BY_MANAGER
    | _OF["zhao"]
    | {
        "said": _said(open_reason=_EXAMINED["open_reason"], end_on="2026-07-21"),
        "recipients": [ZHAO, LI, CHEN, QIAN],
        "penalty": _DISMISSED,
        "entries": [
            _entry(ZHAO, "-20.00", "75.00", month="2026-07"),
            _joint(LI, "-2.00", "98.00", month="2026-07"),
        ],
        "exam": _EXAMINED,
        "ending": _ENDING,
        "next": due("contest", _at(7, 28, "10:30"), ZHAO),
        "refs": [_letter("prior_notice", 28, _at(7, 10, "09:00"))],
        "attachments": ["交车系统修改记录.png", "通话录音.mp3", "工会意见书.pdf"],
    },
    "penalty_appeal_form": _letter("penalty_appeal_form", 5, _at(3, 16, "09:40"))
    | _BY_MA
    | {
        "said": _said(grounds=GROUNDS),
        "recipients": [ZHOU, LIU],
        "penalty": _APPEALED,
        "next": due("rule", _at(3, 23, "09:40"), ZHOU),
        "refs": [*_UNTIL_THE_DECISION, _DECISION],
        "attachments": ["派工单照片.jpg"],
    },
    "revocation_notice": _letter("revocation_notice", 6, _at(3, 20, "11:00"))
    | _BY_MANAGER
    | _FIRST_BACK
    | {
        "said": _said(answer=ANSWER),
        "recipients": [MA, GAO, LIU, QIAN],
        "penalty": _APPEALED,
        "refs": _UNTIL_THE_APPEAL,
    },
    "sustained_ruling": _letter("sustained_ruling", 6, _at(3, 20, "11:00"))
    | {"signer": ZHOU, "signed_as": "review_body"}
    | {
        "said": _said(answer=KEPT),
        "recipients": [MA, LIU, QIAN],
        "penalty": _APPEALED | {"final_at": _at(3, 20, "11:00")},
        "refs": _UNTIL_THE_APPEAL,
    },
    "finality_notice": _letter("finality_notice", 6, _at(3, 17, "15:20"))
    | _BY_SYSTEM
    | {
        "recipients": [MA, LIU, QIAN],
        "penalty": _APPROVED | {"final_at": _at(3, 17, "15:20")},
        "refs": [*_UNTIL_THE_DECISION, _DECISION],
    },
    "regrade_notice": _letter("regrade_notice", 40, _at(9, 1, "09:00"))
    | _BY_SYSTEM
    | _OF["zhao"]
    | {
        "recipients": [ZHAO, LI, CHEN, QIAN],
        "penalty": _REGRADED,
        "entries": [_entry(ZHAO, "10.00", "100.00", month="2026-09", action="regrade")],
        "money": [_money(ZHAO, "fine", -20000, -20000, month="2026-09")],
        "change": {
            "because": {"case_number": "2026-11", "number": _number(39)},
            "old": {"step": "dismissal", "fine_fen": 0, "points": "-20.00"},
            "new": {"step": "second", "fine_fen": 20000, "points": "-10.00"},
            "refund_fen": -20000,
            "points_back": "10.00",
            "back_to_gm": True,
        },
        "next": due("reinstatement", _at(9, 8, "09:00"), ZHOU),
        "refs": [_letter("dismissal_notice", 31, _at(7, 21, "10:30"))],
    },
    "reinstatement_ruling": _letter("reinstatement_ruling", 41, _at(9, 4, "10:00"))
    | _BY_MANAGER
    | _OF["zhao"]
    | {
        "said": _said(reason="作为第三次处罚前提的一次处罚已被撤销，解除劳动合同的条件不再具备。")
        | {"reinstated": True},
        "recipients": [ZHAO, CHEN, QIAN],
        "penalty": _REGRADED,
        "ending": _ENDING,
        "refs": [_letter("regrade_notice", 40, _at(9, 1, "09:00"))],
    },
    "forfeiture_notice": _letter("forfeiture_notice", 14, _at(5, 6, "09:00"))
    | _BY_PERSONNEL
    | _OF["guo"]
    | {
        "recipients": [GUO, XU],
        "penalty": _REWORKED,
        "money": [_money(GUO, "commission_forfeit", -86_000, -357_666, month="2026-04")],
        "refs": [_letter("first_penalty_notice", 12, _at(4, 22, "10:00"))],
    },
    "separation_certificate": _letter("separation_certificate", 32, _at(7, 21, "11:00"))
    | _BY_PERSONNEL
    | _OF["zhao"]
    | {"recipients": [ZHAO], "penalty": _DISMISSED, "ending": _ENDING},
    "deduction_slip": _letter("deduction_slip", 22, _at(7, 20, "10:00"))
    | _BY_SYSTEM
    | _OF["guo"]
    | {
        "recipients": [GUO],
        "penalty": _REWORKED | {"final_at": _at(4, 29, "10:00")},
        "slip": {
            "month": "2026-07",
            "wage_fen": 500_000,
            "cap_percent": 20,
            "cap_fen": 100_000,
            "minimum_wage_fen": 249_000,
            "room_fen": 100_000,
            "owed_fen": 71_666,
            "taken_fen": 71_666,
            "refunded_fen": 0,
            "carried_fen": 0,
            "limited_by": None,
            "lines": [_LINE | {"kind": "rework_share", "owed_fen": 71_666, "taken_fen": 71_666, "rest_fen": 0}],
            "forfeited": [{"month": "2026-04", "fen": 86_000, "case_number": "2026-6"}],
            "is_settled": True,
            "history": [
                {"month": "2026-05", "taken_fen": 100_000},
                {"month": "2026-06", "taken_fen": 100_000},
                {"month": "2026-07", "taken_fen": 71_666},
            ],
        },
    },
}

# The slip of a pay day on which the cap left something over.
SLIP_OF_A_PAY_DAY = _STEPS["deduction_slip"]["slip"] | {
    "month": "2026-05",
    "owed_fen": 271_666,
    "taken_fen": 100_000,
    "carried_fen": 171_666,
    "limited_by": "cap",
    "lines": [
        _LINE | {"kind": "fine", "owed_fen": 5_000, "taken_fen": 5_000, "rest_fen": 0},
        _LINE | {"kind": "rework_share", "owed_fen": 266_666, "taken_fen": 95_000, "rest_fen": 171_666},
    ],
    "is_settled": False,
    "history": [],
}

_OTHERS: dict[tuple[str, str], Content] = {
    ("first_penalty_notice", "guo"): _letter("first_penalty_notice", 12, _at(4, 22, "10:00"))
    | _BY_MANAGER
    | _ENTRIES_OF_GUO
    | {
        "recipients": [GUO, HU, XU, QIAN],
        "penalty": _REWORKED,
        "next": due("contest", _at(4, 29, "10:00"), GUO),
        "refs": [_letter("prior_notice", 10, _at(4, 17, "14:00"))],
        "attachments": ["返工单.pdf"],
    },
    ("prior_notice", "guo"): _letter("prior_notice", 10, _at(4, 17, "14:00"))
    | {"signer": XU, "signed_as": "department_head", "recipients": [GUO, XU], "penalty": _REWORKED}
    | {"next": due("defence", _at(4, 21, "14:00"), GUO), "attachments": ["返工单.pdf"]},
    ("penalty_submission", "zhao"): _letter("penalty_submission", 30, _at(7, 17, "16:00"))
    | {"signer": CHEN, "signed_as": "department_head", "recipients": [ZHOU], "penalty": _THIRD, "exam": _EXAM}
    | {"next": due("approve", _at(7, 24, "16:00"), ZHOU), "refs": [_letter("prior_notice", 28, _at(7, 10, "09:00"))]},
}

KINDS = tuple(_STEPS)


def sample(kind: str, *, of: str = "", **changes: object) -> Content:
    """A fresh content of the kind; `penalty={...}` changes single facts of the penalty."""
    step = _OTHERS[kind, of] | _OF[of] if of else _OF["ma"] | _STEPS[kind]
    content = copy.deepcopy(_CASE | step | changes) | {"kind": kind}
    content["penalty"] = copy.deepcopy(_MA | step.get("penalty", {}) | changes.get("penalty", {}))  # type: ignore[attr-defined,operator]
    return content
