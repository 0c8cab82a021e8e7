"""One sample of every kind of complaint letter, told along one case of the demo company.

Customer Zheng waited for two hours on 28 February 2026; the case is 2026-12. Each sample is what
workflow freezes: `sample("ruling_letter")` gives a fresh content, to be changed at will.
"""

import copy
from typing import Any

Content = dict[str, Any]

DIGEST = "5e90b7c321da8f64" + "0" * 48

COMPANY = {"zh": "星辰汽车销售服务有限公司", "en": "Xingchen Auto Sales & Service Co., Ltd."}

_AFTER_SALES = {"slug": "after_sales", "zh": "售后服务部", "en": "After-sales"}
_RELATIONS = {"slug": "customer_relations", "zh": "客户关系部", "en": "Customer relations"}
_MANAGEMENT = {"slug": "management", "zh": "总经理办公室", "en": "General manager's office"}


def who(name: str, post: str, department: dict[str, str]) -> Content:
    return {"name": name, "post": post, "department": {k: department[k] for k in ("zh", "en")}}


MA = who("马超", "服务顾问", _AFTER_SALES)
GAO = who("高峰", "机修技师", _AFTER_SALES)
LIU = who("刘洋", "服务总监", _AFTER_SALES)
SUN = who("孙悦", "客关专员", _RELATIONS)
LIN = who("林晓", "客关经理", _RELATIONS)
ZHOU = who("周建国", "总经理", _MANAGEMENT)
HE = who("何敏", "副总经理", _MANAGEMENT)

DESCRIPTION = """\
我上周三在微信公众号上预约了2月28日周六下午两点的首次保养，当天一早还收到了你们发来的确认短信，上面写得很清楚，“请于14时准时到店，将有专属服务顾问接待”。我提前从公司请了假，到前台登记是两点十分。
前台的姑娘很客气，让我在休息区坐一下，说服务顾问马上就来。我坐到两点四十，没有人来；去前台问，说“已经通知了，请稍等”。三点整我第二次去问，三点半第三次去问，前台换了一个人，又让我从头登记了一遍。
四点零五分，马顾问才过来，第一句话是“今天人多，您要是着急可以改天再来”，没有说对不起，也没有解释为什么让我等了将近两个小时。
我不是计较这点工时费。我的时间也是时间，那天下午我推掉了一个会，孩子也跟着耗了一个下午。现在第一次保养就这样，我很失望。"""
DEMAND = "一是由负责人当面说明原因并道歉；二是尽快安排一次不用再等候的保养；三是今后预约时间到了就有人接待。"
GROUNDS = """\
一、当日服务顾问应到三人、实到二人，我在14时至16时正在车间陪同前一位客户试车，前台没有把郑女士到店的消息转给我。
二、预约系统显示，该预约的接待人在当天上午由李师傅改派给我，我没有收到提醒。
三、我到前台后立即接待，说了“让您久等”，请调取录音核实。"""
OPINION = "经查，预约改派没有提醒属实，前台也未转告。但接待时没有说明原因和致歉，同意提报，请总经理裁决。"
MEASURES = "3月4日，服务总监当面向客户说明原因并致歉；为客户的车辆免费做了全车检查，结果正常。"
RESULT = "客户接受道歉，车辆已于3月4日交付。接待区录像与客户所述一致。"
IMPROVEMENT = (
    "自3月5日起，预约客户到店10分钟无人接待的，由值班经理当面接待；预约改派时，系统同时提醒原接待人和新接待人。"
)

_RULES = {
    "CS-2": (
        "回访发现客户不满意的，客户关系部登记客诉，填写客户抱怨单，下发当事人所在部门主管。部门主管负责处理，并提出改善措施。",
        (
            "When a follow-up call finds a dissatisfied customer, customer relations registers the complaint, fills in "
            "a complaint form and sends it to the head of the department concerned. That head resolves it and states "
            "improvement measures."
        ),
    ),
    "CS-3": (
        "当事人有异议的，填写申诉单，交部门主管提报总经理裁决。",
        (
            "A person concerned who objects fills in an appeal form and hands it to their department head, who submits "
            "it to the general manager for a ruling."
        ),
    ),
    "CS-4": (
        "申诉成立的，客户抱怨单无效作废。作废须经总经理签字确认。",
        (
            "If the appeal succeeds the complaint form is void. It is void only with the general manager's signed "
            "confirmation."
        ),
    ),
    "CS-5": (
        "没有异议或者申诉不成立的，应当立即处理；处理完毕后一天内，将结果连同改善措施回复客户关系部。",
        (
            "With no objection, or a failed appeal, the complaint is handled at once; within one day of handling being "
            "complete the result goes back to customer relations together with improvement measures."
        ),
    ),
    "CS-6": (
        "客户关系部检核处理结果，可以退回，予以记录，并在事后维护与客户的关系。",
        (
            "Customer relations verifies the result and can send it back, records it, and maintains the relationship "
            "with the customer afterwards."
        ),
    ),
}
_SAID = (
    *("reason", "note", "grounds", "opinion", "measures_taken", "completed_at", "result"),
    *("improvement_measures", "improvement_owner", "improvement_due", "satisfaction"),
    *("answer_to_customer", "until"),
)
_HANDLING = dict.fromkeys(
    (*("measures_taken", "completed_at", "result"), "improvement_measures", "improvement_owner", "improvement_due")
)


def _at(day: int, time: str) -> str:
    return f"2026-03-{day:02d}T{time}:00+08:00"


def _number(seq: int) -> Content:
    return {"series": "complaint", "year": 2026, "seq": seq}


def _letter(kind: str, seq: int, at: str) -> Content:
    return {"kind": kind, "number": _number(seq), "issued_at": at}


def _entry(account: str, points: str, **more: str) -> Content:
    usual = {"status": "provisional", "action": "assign", "effect": "posted", "month": "2026-03"}
    balance = {"balance_after": "100.00", "provisional_after": "0.00"}
    kind = "department" if account == "售后服务部" else "employee"
    english = "After-sales" if account == "售后服务部" else account
    named = {"account": {"zh": account, "en": english}, "account_kind": kind, "points": points}
    return named | usual | balance | more


def _confirmed() -> list[Content]:
    final = {"status": "final", "effect": "confirmed"}
    return [
        _entry("马超", "-5.00", balance_after="95.00", **final),
        _entry("售后服务部", "-2.00", balance_after="98.00", **final),
    ]


def _reversed() -> list[Content]:
    back = {"effect": "reversed"}
    return [_entry("马超", "5.00", **back), _entry("售后服务部", "2.00", **back)]


RECORD = _letter("complaint_record", 11, _at(2, "09:00"))
FORM = _letter("complaint_form", 12, _at(2, "10:20"))
ACCEPTANCE = _letter("acceptance_notice", 13, _at(3, "09:30"))
APPEAL_FORM = _letter("appeal_form", 13, _at(2, "17:40"))
SUBMISSION = _letter("appeal_submission", 14, _at(3, "09:10"))
COMPLETION = _letter("completion_record", 14, _at(4, "16:30"))
REPORT = _letter("result_report", 15, _at(5, "11:00"))
RESOLUTION = _letter("resolution_letter", 16, _at(6, "10:10"))

_APPEAL = {
    "by": MA,
    "as": "respondent",
    "at": _at(2, "17:40"),
    "grounds": GROUNDS,
    "opinion": OPINION,
    "letter": {"kind": "appeal_form", "number": _number(13)},
}
_DONE = _HANDLING | {"measures_taken": MEASURES, "completed_at": _at(4, "16:30")}
_REPORTED = _DONE | {
    "result": RESULT,
    "improvement_measures": IMPROVEMENT,
    "improvement_owner": "刘洋",
    "improvement_due": "2026-03-20",
}

_CASE: Content = {
    "schema": 1,
    "template_version": "2026.1",
    "company": COMPANY,
    "case_number": "2026-12",
    "regulation": {
        "zh": "CS考核及管理办法",
        "en": "CS Assessment and Management Regulation",
        "edition": "2026-1",
        "in_force_from": "2026-01-01",
    },
    "complaint": {
        "customer_name": "郑女士",
        "customer_phone": "138****0001",
        "vehicle": "浙A·D12345",
        "vehicle_model": "星耀 2025款",
        "order_number": None,
        "channel": "phone",
        "category": "service_attitude",
        "severity": "normal",
        "description": DESCRIPTION,
        "demand": DEMAND,
        "occurred_on": "2026-02-28",
        "filed_at": _at(2, "09:00"),
        "filed_by": SUN,
        "statutory_due": _at(11, "09:00"),
        "violation": None,
        "rework_cost_fen": None,
        "repeat_of": [],
    },
    "department": _AFTER_SALES,
    "head": LIU,
    "respondent": MA,
    "respondents": ["马超"],
    "acting_for": None,
    "said": dict.fromkeys(_SAID),
    "recipients": [],
    "entries": [],
    "provisional": False,
    "late": None,
    "change": None,
    "appeal": None,
    "handling": None,
    "next": None,
    "refs": [],
    "attachments": [],
}


def _step(seq: int, at: str, rule: str, signer: Content | None, signed_as: str) -> Content:
    zh, en = _RULES[rule]
    return {
        "number": _number(seq),
        "issued_at": at,
        "rule": rule,
        "rules": [{"id": rule, "zh": zh, "en": en}],
        "signer": signer,
        "signed_as": signed_as,
    }


def due(clock: str, due: str, *by: Content) -> Content:
    return {"clock": clock, "due": due, "by": list(by)}


def _said(**said: object) -> Content:
    return dict.fromkeys(_SAID) | said


_COMPLETE = due("complete", _at(6, "09:30"), LIU)
_BY_HEAD = (LIU, "department_head")
_BY_RELATIONS = (SUN, "customer_relations")
_BY_MANAGER = (ZHOU, "general_manager")

_STEPS: dict[str, Content] = {
    "complaint_record": _step(11, _at(2, "09:00"), "CS-2", *_BY_RELATIONS)
    | {"next": due("assign", _at(2, "13:00"), SUN, LIN), "attachments": ["通话录音.mp3"]}
    | {"department": None, "head": None, "respondent": None},
    "complaint_form": _step(12, _at(2, "10:20"), "CS-2", *_BY_RELATIONS)
    | {
        "said": _said(
            note="预约登记显示，客户14时10分到店登记；服务工单开立时间为16时07分。接待区录像与客户所述一致。"
        ),
        "recipients": [LIU, MA],
        "entries": [
            _entry("马超", "-5.00", provisional_after="-5.00"),
            _entry("售后服务部", "-2.00", provisional_after="-2.00"),
        ],
        "next": due("answer", _at(3, "10:20"), LIU),
        "refs": [RECORD],
        "attachments": ["预约登记截图.png", "通话录音.mp3"],
    },
    "acceptance_notice": _step(13, _at(3, "09:30"), "CS-5", *_BY_HEAD)
    | {
        "said": _said(note="情况属实，由本人负责处理，先行与客户联系致歉。"),
        "recipients": [MA, SUN],
        "entries": _confirmed(),
        "next": _COMPLETE,
        "refs": [RECORD, FORM],
    },
    "lapse_notice": _step(13, _at(3, "10:20"), "CS-5", None, "system")
    | {
        "recipients": [LIU, MA, SUN],
        "entries": [
            *_confirmed(),
            _entry("刘洋", "-2.00", status="final", action="lapse", balance_after="98.00"),
        ],
        "next": due("complete", _at(6, "10:20"), LIU),
        "refs": [RECORD, FORM],
    },
    "appeal_form": _step(13, _at(2, "17:40"), "CS-3", MA, "employee")
    | {
        "said": _said(grounds=GROUNDS),
        "recipients": [LIU],
        "appeal": _APPEAL | {"opinion": None},
        "next": due("endorse", _at(3, "17:40"), LIU),
        "refs": [RECORD, FORM],
        "attachments": ["派工单照片.jpg"],
    },
    "appeal_retraction": _step(14, _at(2, "19:05"), "CS-3", MA, "employee")
    | {
        "said": _said(reason="与主管沟通后，愿意先把客户的问题处理好。"),
        "recipients": [LIU],
        "appeal": _APPEAL | {"opinion": None},
        "next": due("answer", _at(3, "19:05"), LIU),
        "refs": [RECORD, FORM, APPEAL_FORM],
    },
    "appeal_submission": _step(14, _at(3, "09:10"), "CS-3", *_BY_HEAD)
    | {
        "said": _said(opinion=OPINION),
        "recipients": [ZHOU],
        "appeal": _APPEAL,
        "next": due("rule", _at(5, "09:10"), ZHOU),
        "refs": [RECORD, FORM, APPEAL_FORM],
    },
    "appeal_declined_notice": _step(14, _at(3, "09:10"), "CS-3", *_BY_HEAD)
    | {
        "said": _said(reason="录像显示，16时05分接待时没有致歉，也没有说明原因。是否收到改派提醒，不影响这一认定。"),
        "recipients": [MA],
        "entries": _confirmed(),
        "appeal": _APPEAL | {"opinion": None},
        "next": _COMPLETE,
        "refs": [RECORD, FORM, APPEAL_FORM],
    },
    "remand_notice": _step(15, _at(4, "15:00"), "CS-3", *_BY_MANAGER)
    | {
        "said": _said(reason="请补充预约改派的系统记录，以及前台当日的交接登记，说明消息在哪一环节中断。"),
        "recipients": [LIU, MA],
        "appeal": _APPEAL,
        "next": due("answer", _at(5, "15:00"), LIU),
        "refs": [RECORD, FORM, APPEAL_FORM, SUBMISSION],
    },
    "void_certificate": _step(15, _at(4, "16:30"), "CS-4", *_BY_MANAGER)
    | {
        "said": _said(
            reason="（一）预约系统记录显示，改派在当天11时20分作出，没有向新接待人发送提醒。\n"
            "（二）前台交接登记没有郑女士到店的记载，到店消息未转告服务顾问。\n"
            "（三）录音显示，马超接待时说过“让您久等”。未发现马超违反规定、流程或制度。"
        ),
        "recipients": [LIU, MA, SUN],
        "complaint": {"violation": False},
        "entries": _reversed(),
        "appeal": _APPEAL,
        "next": due("follow_up", _at(11, "16:30"), SUN),
        "refs": [RECORD, FORM, APPEAL_FORM, SUBMISSION],
    },
    "ruling_letter": _step(15, _at(4, "16:30"), "CS-5", HE, "general_manager")
    | {
        "said": _said(
            reason="（一）改派没有提醒属实，已要求售后服务部改进。\n"
            "（二）录像显示，接待时没有致歉，也没有说明等候的原因。接待流程要求先致歉、再说明。"
        ),
        "acting_for": ZHOU,
        "recipients": [MA, LIU, SUN, LIN],
        "complaint": {"violation": True},
        "entries": _confirmed(),
        "appeal": _APPEAL,
        "next": due("complete", _at(9, "16:30"), LIU),
        "refs": [RECORD, FORM, APPEAL_FORM, SUBMISSION],
    },
    "varied_ruling_letter": _step(15, _at(4, "16:30"), "CS-5", *_BY_MANAGER)
    | {
        "said": _said(
            reason="预约在当天上午已由高峰接手，改派未完成。等候近两小时属实，但没有造成车辆损失，应按轻微记分。"
        ),
        "recipients": [MA, GAO, LIU],
        "respondent": GAO,
        "complaint": {"severity": "minor", "violation": True},
        "entries": [
            *_reversed(),
            _entry("高峰", "-2.00", status="final", action="vary", balance_after="98.00"),
            _entry("售后服务部", "-1.00", status="final", action="vary", balance_after="99.00"),
        ],
        "change": {"severity": ["normal", "minor"], "respondent": [MA, GAO], "department": None},
        "appeal": _APPEAL,
        "next": due("complete", _at(9, "16:30"), LIU),
        "refs": [RECORD, FORM, APPEAL_FORM, SUBMISSION],
    },
    "completion_record": _step(14, _at(9, "11:00"), "CS-5", *_BY_HEAD)
    | {
        "said": _said(measures_taken=MEASURES, completed_at=_at(9, "10:30")),
        "recipients": [SUN],
        "entries": [_entry("刘洋", "-3.00", status="final", action="complete", balance_after="97.00")],
        "late": {"days": 3, "points": "-3.00", "due": _at(6, "09:30")},
        "handling": _DONE,
        "next": due("report", _at(10, "11:00"), LIU),
        "refs": [RECORD, FORM, ACCEPTANCE],
    },
    "result_report": _step(15, _at(5, "11:00"), "CS-5", *_BY_HEAD)
    | {
        "said": _said(
            result=RESULT,
            improvement_measures=IMPROVEMENT,
            improvement_owner="刘洋",
            improvement_due="2026-03-20",
        ),
        "recipients": [SUN, LIN],
        "handling": _REPORTED,
        "next": due("verify", _at(9, "11:00"), SUN, LIN),
        "refs": [RECORD, FORM, ACCEPTANCE, COMPLETION],
        "attachments": ["全车检查单.pdf"],
    },
    "return_notice": _step(16, _at(5, "15:00"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(
            reason="客户表示，没有人告诉她今后如何避免同样的等候。请补充改善措施的完成期限，并再次与客户联系。"
        ),
        "recipients": [LIU],
        "entries": [_entry("售后服务部", "-1.00", status="final", action="return", balance_after="97.00")],
        "handling": _REPORTED,
        "next": due("complete", _at(10, "15:00"), LIU),
        "refs": [RECORD, FORM, ACCEPTANCE, COMPLETION, REPORT],
    },
    "resolution_letter": _step(16, _at(6, "10:10"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(satisfaction=4),
        "recipients": [LIU, MA],
        "complaint": {"violation": True},
        "handling": _REPORTED,
        "next": due("follow_up", _at(13, "10:10"), SUN),
        "refs": [RECORD, FORM, ACCEPTANCE, COMPLETION, REPORT],
    },
    "suspension_notice": _step(16, _at(4, "11:00"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(reason="客户出差，请我们在3月9日之后再与她联系确认补偿方案。", until=_at(9, "11:00")),
        "recipients": [LIU, MA, SUN],
        "next": due("complete", _at(11, "09:30"), LIU),
        "refs": [RECORD, FORM, ACCEPTANCE],
    },
    "resumption_notice": _step(17, _at(6, "10:00"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(note="客户提前返回，已确认补偿方案。"),
        "recipients": [LIU, MA, SUN],
        "next": due("complete", _at(10, "08:30"), LIU),
        "refs": [RECORD, FORM, ACCEPTANCE, _letter("suspension_notice", 16, _at(4, "11:00"))],
    },
    "follow_up_record": _step(17, _at(12, "14:20"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(note="上次保养到点就有人接待，很快。希望休息区能有热水。", satisfaction=5),
        "handling": _REPORTED,
        "refs": [RECORD, FORM, ACCEPTANCE, COMPLETION, REPORT, RESOLUTION],
    },
    "withdrawal_notice": _step(13, _at(3, "09:00"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(reason="客户来电说明，服务顾问已当面致歉，等候是前台登记失误造成的，自愿撤回投诉。"),
        "recipients": [LIU, MA],
        "entries": _reversed(),
        "refs": [RECORD, FORM],
    },
    "reopening_notice": _step(18, _at(16, "10:00"), "CS-6", *_BY_RELATIONS)
    | {
        "said": _said(reason="客户3月15日再次预约保养，仍然等候了一个小时，认为改善措施没有落实。"),
        "recipients": [LIU, MA],
        "handling": _REPORTED,
        "next": due("answer", _at(17, "10:00"), LIU),
        "refs": [RECORD, FORM, ACCEPTANCE, COMPLETION, REPORT, RESOLUTION],
    },
}

KINDS = tuple(_STEPS)
_BEFORE_THE_ANSWER = ("complaint_form", "appeal_form", "appeal_retraction", "appeal_submission", "remand_notice")


def sample(kind: str, **changes: object) -> Content:
    """A fresh content of the kind; `complaint={...}` changes single facts of the complaint."""
    content = copy.deepcopy(_CASE | _STEPS[kind] | changes) | {"kind": kind}
    for facts in (_STEPS[kind].get("complaint", {}), changes.get("complaint", {})):
        content["complaint"] = copy.deepcopy(_CASE["complaint"]) | content["complaint"] | facts
    content["provisional"] = kind in _BEFORE_THE_ANSWER
    return content
