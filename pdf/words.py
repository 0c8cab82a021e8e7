"""The fixed words of the letters in both languages; letters are not translated by gettext.

A letter must read in ten years as it reads today, so its words live beside its templates and
change with the edition of the templates, not with the catalogue of the pages.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]
Copy = Literal["full", "respondent", "leader", "customer"]
Both = dict[str, str]


def _both(zh: str, en: str) -> Both:
    return {"zh": zh, "en": en}


TITLES: dict[str, Both] = {
    "complaint_record": _both("客诉登记单", "Complaint Record"),
    "complaint_form": _both("客户抱怨单", "Complaint Form"),
    "acceptance_notice": _both("受理确认单", "Acceptance Notice"),
    "lapse_notice": _both("逾期视为受理通知", "Notice of Deemed Acceptance"),
    "appeal_form": _both("申诉单", "Appeal Form"),
    "appeal_retraction": _both("撤回申诉确认书", "Confirmation of a Retracted Appeal"),
    "appeal_submission": _both("申诉提报单", "Appeal Submission"),
    "appeal_declined_notice": _both("申诉不予提报通知", "Notice of a Declined Appeal"),
    "remand_notice": _both("退回补充通知", "Remand Notice"),
    "void_certificate": _both("客诉单作废裁决书", "Void Certificate"),
    "ruling_letter": _both("申诉裁决书", "Ruling on Appeal"),
    "varied_ruling_letter": _both("申诉变更裁决书", "Varied Ruling on Appeal"),
    "completion_record": _both("处理完毕记录", "Completion Record"),
    "result_report": _both("处理结果回复单", "Result Report"),
    "return_notice": _both("退回整改通知", "Return Notice"),
    "resolution_letter": _both("结案通知书", "Resolution Notice"),
    "suspension_notice": _both("暂停计时通知", "Notice of a Stopped Clock"),
    "resumption_notice": _both("恢复计时通知", "Notice of a Resumed Clock"),
    "follow_up_record": _both("回访记录", "Follow-up Record"),
    "withdrawal_notice": _both("撤诉确认书", "Withdrawal Notice"),
    "reopening_notice": _both("重启通知书", "Reopening Notice"),
    "prior_notice": _both("处罚事先告知书", "Prior Notice of a Penalty"),
    "defence_record": _both("陈述申辩记录", "Defence Record"),
    "penalty_submission": _both("处罚呈批表", "Penalty Submission"),
    "no_penalty_notice": _both("不予处罚通知书", "No-Penalty Notice"),
    "first_penalty_notice": _both("第一次处罚决定书", "First Penalty Notice"),
    "second_penalty_notice": _both("第二次处罚决定书", "Second Penalty Notice"),
    "fine_notice": _both("单项罚款决定书", "Fine Notice"),
    "dismissal_notice": _both("解除劳动合同通知书", "Dismissal Notice"),
    "penalty_appeal_form": _both("处罚申诉单", "Penalty Appeal Form"),
    "revocation_notice": _both("撤销处罚决定书", "Revocation Notice"),
    "sustained_ruling": _both("维持处罚决定书", "Ruling Sustaining a Penalty"),
    "finality_notice": _both("处罚生效通知书", "Finality Notice"),
    "regrade_notice": _both("处罚变更决定书", "Regrade Notice"),
    "reinstatement_ruling": _both("复职决定书", "Ruling on Reinstatement"),
    "forfeiture_notice": _both("施工提成扣除通知书", "Commission Forfeiture Notice"),
    "separation_certificate": _both("离职证明", "Separation Certificate"),
    "deduction_slip": _both("扣款明细", "Deduction Slip"),
    "scorecard_draft": _both("考核初稿", "Draft Scorecard"),
    "scorecard_review": _both("考核审核表", "Scorecard Review"),
    "scorecard_verification": _both("考核核实表", "Scorecard Verification"),
    "scorecard_return": _both("考核退回通知", "Scorecard Return Notice"),
    "scorecard": _both("月度绩效考核表", "Monthly Scorecard"),
    "pay_slip": _both("绩效工资单", "Performance Pay Slip"),
    "reward_notice": _both("奖励通知书", "Reward Notice"),
    "reward_withdrawal_notice": _both("奖励撤回通知书", "Notice of a Withdrawn Reward"),
    "target_letter": _both("年度目标责任书", "Yearly Target Letter"),
    "briefing": _both("月度简报", "Monthly Briefing"),
}
# What stands behind the title of a leader's copy, which tells only the leader's own part.
LEADERS_PART = _both("（连带责任部分）", " (Joint Liability)")

SERIES: dict[str, Both] = {
    "complaint": _both("客诉", "Complaint"),
    "penalty": _both("处罚", "Penalty"),
    "scorecard": _both("考核", "Scorecard"),
    "reward": _both("奖励", "Reward"),
    "target": _both("目标", "Target"),
    "briefing": _both("简报", "Briefing"),
}

CUSTOMER = _both("客户", "the customer")
NOT_PRINTABLE = _both(
    "（原文含有无法排印的字符，见电子原件）",
    "(The original has characters that cannot be printed; see the electronic record.)",
)

LABELS: dict[str, dict[str, Both]] = {
    "channel": {
        "phone": _both("来电", "phone"),
        "visit": _both("来店", "visit"),
        "survey": _both("回访调查", "survey"),
        "web": _both("网络平台", "web"),
        "manufacturer": _both("厂家转办", "manufacturer"),
        "social_media": _both("社交媒体", "social media"),
    },
    # How the customer reached us, inside a sentence.
    "through": {
        "phone": _both("来电", "by phone"),
        "visit": _both("来店", "on a visit"),
        "survey": _both("在回访中", "in a survey call"),
        "web": _both("通过网络平台", "on the web"),
        "manufacturer": _both("通过厂家", "through the manufacturer"),
        "social_media": _both("通过社交媒体", "on social media"),
    },
    "category": {
        "service_attitude": _both("服务态度", "service attitude"),
        "service_quality": _both("服务质量", "service quality"),
        "product_quality": _both("产品质量", "product quality"),
        "delivery": _both("交付", "delivery"),
        "price": _both("价格费用", "price"),
        "parts": _both("配件", "parts"),
        "process": _both("流程", "process"),
        "other": _both("其他", "other"),
    },
    "severity": {
        "minor": _both("轻微", "minor"),
        "normal": _both("一般", "normal"),
        "major": _both("重大", "major"),
    },
    "satisfaction": {
        "5": _both("非常满意", "very satisfied"),
        "4": _both("满意", "satisfied"),
        "3": _both("一般", "neutral"),
        "2": _both("不满意", "dissatisfied"),
        "1": _both("非常不满意", "very dissatisfied"),
    },
    "clock": {
        "assign": _both("下发期限", "Assign by"),
        "answer": _both("答复期限", "Answer by"),
        "endorse": _both("提报期限", "Submit by"),
        "rule": _both("裁决期限", "Rule by"),
        "complete": _both("处理期限", "Complete by"),
        "report": _both("回复期限", "Report by"),
        "verify": _both("检核期限", "Verify by"),
        "follow_up": _both("回访期限", "Follow up by"),
        "defence": _both("申辩期限", "Defence by"),
        "submit": _both("呈报期限", "Submit by"),
        "approve": _both("审批期限", "Approve by"),
        "contest": _both("申诉期限", "Appeal by"),
        "reinstatement": _both("复职决定期限", "Decide on reinstatement by"),
    },
    "status": {
        "provisional": _both("暂记", "provisional"),
        "final": _both("正式", "final"),
        "confirmed": _both("暂记转正式", "now final"),
        "reversed": _both("冲回", "reversed"),
    },
    # Why points moved, by the action that posted them.
    "action": {
        "assign": _both("客诉下发", "complaint assigned"),
        "accept": _both("客诉受理", "complaint accepted"),
        "lapse": _both("逾期未答复", "no answer in time"),
        "appeal": _both("提出申诉", "appeal filed"),
        "retract": _both("撤回申诉", "appeal retracted"),
        "endorse": _both("申诉提报", "appeal submitted"),
        "decline": _both("申诉不予提报", "appeal declined"),
        "remand": _both("退回补充", "remanded"),
        "uphold": _both("客诉单作废", "form void"),
        "dismiss": _both("申诉不成立", "appeal dismissed"),
        "vary": _both("变更裁决", "varied ruling"),
        "complete": _both("逾期处理完毕", "completed late"),
        "report": _both("逾期回复结果", "reported late"),
        "return": _both("退回整改", "result returned"),
        "verify": _both("结案", "resolved"),
        "suspend": _both("暂停计时", "clock stopped"),
        "resume": _both("恢复计时", "clock resumed"),
        "follow_up": _both("回访", "follow-up"),
        "withdraw": _both("客户撤诉", "complaint withdrawn"),
        "reopen": _both("重启", "reopened"),
        "file": _both("客诉登记", "complaint logged"),
    },
    "penalty_action": {
        "approve": _both("处罚决定", "penalty"),
        "revoke": _both("处罚撤销", "penalty revoked"),
        "regrade": _both("处罚变更", "penalty regraded"),
        "joint": _both("连带责任", "joint liability"),
        "reversal": _both("冲回", "reversal"),
        "none": _both("绩效分", "points"),
    },
    "step": {
        "first": _both("第一次处罚", "first penalty"),
        "second": _both("第二次处罚", "second penalty"),
        "dismissal": _both("解除劳动合同", "dismissal"),
        "fine": _both("单项罚款", "single fine"),
    },
    "order": {
        "first": _both("第一次", "first"),
        "second": _both("第二次", "second"),
        "dismissal": _both("第三次", "third"),
        "fine": _both("单项", "single"),
    },
    "money": {
        "fine": _both("罚款", "Fine"),
        "joint_fine": _both("连带罚款", "Joint fine"),
        "rework_share": _both("返工费用", "Rework cost"),
        "commission_forfeit": _both("施工提成扣除", "Commission forfeited"),
        "refund": _both("退还", "Refund"),
        "reward": _both("奖励", "Reward"),
        "carry": _both("前期结转", "Carried over"),
    },
    "exam": {
        "regulation": _both("制度有效并签收", "Regulation in force, acknowledged"),
        "facts": _both("事实和证据", "Facts and evidence"),
        "earlier": _both("前两次处罚", "Two earlier penalties"),
        "once": _both("一事不再罚", "One sanction for one act"),
        "union": _both("工会意见", "Union"),
        "protection": _both("特殊保护", "Special protection"),
    },
    "examined": {"open": _both("待定", "open"), "checked": _both("已核", "checked")},
    # What a month below the pass mark costs (PAY-3), by the company's choice.
    "below_pass": {
        "A": _both("按绩效工资扣减", "of the performance pay"),
        "B": _both("按绩效基数扣减，不再乘绩效分", "of the base, instead of the score"),
        "C": _both("按绩效基数另行扣减", "of the base, in addition to the score"),
    },
    # How a target is reached, and in what it is measured.
    "bound": {"higher": _both("不低于", "at least "), "lower": _both("不高于", "at most ")},
    "unit": {
        "points": _both("分", " points"),
        "percent": _both("%", "%"),
        "hours": _both("小时", " hours"),
        "days": _both("天", " days"),
        "day_of_month": _both("日", ""),
        "count": _both("件", ""),
        "yuan": _both("元", " CNY"),
    },
    "limited_by": {
        "cap": _both("达到扣款上限", "the cap was reached"),
        "minimum_wage": _both("扣后不得低于最低工资", "the minimum wage must be left"),
        "left": _both("已离职，此后没有工资可扣", "employment has ended; no wage is left to take from"),
    },
    # As whom the signer decided; printed in English letters, where posts stay Chinese.
    "signed_as": {
        "general_manager": _both("总经理", "General Manager"),
        "department_head": _both("部门主管", "Head of Department"),
        "customer_relations": _both("客户关系部", "Customer Relations"),
        "human_resources": _both("人事行政部", "Human Resources"),
        "review_body": _both("申诉复核小组", "Review Body"),
        "employee": _both("员工", "Employee"),
        "respondent": _both("当事人", "Respondent"),
        "system": _both("系统", "System"),
    },
}
