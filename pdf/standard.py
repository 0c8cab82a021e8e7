"""The standard words of the passages that a company may say in its own, by kind, language and place.

They say what the templates print by themselves, so that a company begins with them instead of a blank; a test
holds the two together. A passage that is not here is empty in the standard letter.
"""

from __future__ import annotations

from pdf.words import Language

Places = dict[str, dict[Language, str]]

_CONTESTED_ZH = "{appellant}对{complaint_form}不服，于{appealed_on}提出申诉（{appeal_form}）。"
_CONTESTED_EN = "{appellant} contested {complaint_form} on {appealed_on} with an appeal ({appeal_form}). "
_RULED: Places = {"opening": {
    "zh": _CONTESTED_ZH + "{opinion_given}现裁决如下。",
    "en": _CONTESTED_EN + "{opinion_given}It is ruled as follows.",
}}  # fmt: skip
_APPEALED: Places = {"opening": {
    "zh": "你对{decision}不服，提出申诉。经审查，现决定如下。",
    "en": "You appealed against {decision}. It is decided as follows.",
}}  # fmt: skip
_APPEAL_RIGHT_ZH = (
    "你如不服本决定，可在{appeal_due}，通过公道系统或人事行政部，向{appeal_to}提交《处罚申诉单》。"
    "申诉期间不扣收款项，也不加重处罚；期满未申诉的，本决定生效。"
)
_APPEAL_RIGHT_EN = (
    "You may appeal {appeal_due} to {appeal_to} with the penalty appeal form: in Gongdao, or on paper to"
    " Administration. Nothing is deducted while an appeal is open, and no penalty is made heavier because of one."
    " Without an appeal this notice becomes final."
)
_REMEDY: dict[Language, str] = {
    "zh": _APPEAL_RIGHT_ZH + "你也可以依法申请仲裁。",
    "en": _APPEAL_RIGHT_EN + " You may also apply for labour arbitration as the law provides.",
}
_NOTICE: Places = {"opening": {
    "zh": "因你涉嫌违反《{regulation}》第{rule}条，公司于{proposed_on}向你发出{prior_notice}，{heard}。现决定如下。",
    "en": "A breach of {rule} of the {regulation} was put to you on {proposed_on} in {prior_notice}. {heard}."
          " It is decided as follows.",
}, "remedy": _REMEDY}  # fmt: skip


def _closing(zh: str, en: str) -> Places:
    return {"closing": {"zh": zh, "en": en}}


def _opening(zh: str, en: str) -> Places:
    return {"opening": {"zh": zh, "en": en}}


_RECEIPT = _closing("{receipt}。", "{receipt}.")

WORDS: dict[str, Places] = {
    "complaint_form": _closing("{receipt}，不影响申诉权利。", "{receipt}, and takes away no right to appeal."),
    "acceptance_notice": _RECEIPT,
    "lapse_notice": _opening(
        "{complaint_form}的答复期限已于{ended_at}届满，{department}未予受理，也未提出申诉。现通知如下。",
        "The time to answer {complaint_form} ran out at {ended_at}. {department} neither accepted it nor appealed.",
    ),
    "appeal_form": _closing(
        "{points_provisional}不因申诉加重处理。",
        "{points_provisional}Nothing is made heavier because of an appeal.",
    ),
    "appeal_declined_notice": _opening(
        _CONTESTED_ZH + "经部门主管审查，不予提报。现通知如下。",
        _CONTESTED_EN + "The head of department examined it and does not submit it.",
    ),
    "remand_notice": _opening(
        _CONTESTED_ZH + "经审查，事实尚待补充，现退回补充。",
        _CONTESTED_EN + "The facts are not complete yet, and the case goes back.",
    ),
    "void_certificate": _RULED,
    "ruling_letter": _RULED,
    "varied_ruling_letter": _RULED,
    "return_notice": _opening(
        "客户关系部检核了{result_report}，认为处理结果尚不能通过，现退回整改。",
        "Customer relations checked {result_report} and cannot accept the result yet. It goes back.",
    ),
    "resolution_letter": {
        "customer_opening": {
            "zh": "您好！{filed_on}，您向我们反映了{matter}（受理编号：客诉 {case}）。谢谢您直接告诉我们。"
                  "让您有了这样不愉快的经历，是我们没有做好，在此诚恳地向您道歉。",
            "en": "On {filed_on} you told us about {matter} (our reference: {case}). Thank you for telling us directly."
                  " We did not serve you as you had a right to expect, and we are sorry.",
        },
        "customer_closing": {
            "zh": "{follow_up}如果您对处理仍有意见，可以请我们复核，{recourse}。\n祝您用车愉快，出行平安！",
            "en": "{follow_up}If you do not agree with our answer, ask us to look at it again; {recourse}.\n"
                  "We wish you safe and pleasant driving.",
        },
        **_RECEIPT,
    },
    "suspension_notice": _opening(
        "本案须待客户答复或者配合，客户关系部决定暂停计时，现通知如下。",
        "This case waits for the customer. Customer relations has stopped its clock.",
    ),
    "resumption_notice": _opening(
        "本案曾因等待客户暂停计时{suspension}，现予恢复。",
        "The clock of this case stood while the customer was waited for{suspension}. It goes on.",
    ),
    "follow_up_record": _closing(
        "客户提出新的要求的，按规定重启本案或者另行登记。",
        "If the customer asks for something new, the case is reopened or a new one logged, as the rules provide.",
    ),
    "withdrawal_notice": _opening(
        "{customer}已撤回投诉（案号：客诉 {case}）。现确认如下。",
        "{customer} withdrew the complaint (case {case}). This is confirmed as follows.",
    ),
    "reopening_notice": _opening(
        "客诉 {case} 一案已经结案{resolution}，现予重启。", "Case {case} was closed{resolution}. It is reopened."
    ),
    "prior_notice": {
        "opening": {
            "zh": "公司拟依照《{regulation}》对你作出处罚。现将拟处罚的事实、依据和内容告知你，并听取你的意见。",
            "en": "The company intends to penalise you under the {regulation}. This notice tells you the facts, the"
                  " rule and the penalty intended, and asks for your side.",
        },
        "remedy": {
            "zh": "你有权查阅证据、陈述和申辩。请在{defence_due}，通过公道系统或书面提出；也可以请一名同事陪同，"
                  "当面说明。你可以放弃这一权利；期满没有提出的，公司依据现有材料处理。\n"
                  "本告知书不是处罚决定。在决定作出以前，不扣分、不扣款，不因申辩加重处罚。",
            "en": "You may see the evidence, state your case and defend yourself: {defence_due}, in Gongdao or in"
                  " writing, or in person with a colleague of your choice beside you. You may waive this right."
                  " If nothing is said in time, the company goes by what it has.\n"
                  "This is not yet a penalty. Until a decision no points and no money are taken, and no penalty is"
                  " made heavier because of a defence.",
        },
    },
    "defence_record": _closing(
        "不因申辩加重处罚；放弃申辩不等于承认事实，不影响申诉权利。",
        "No penalty is made heavier because of a defence. Waiving it is no admission and takes away no right to"
        " appeal.",
    ),
    "penalty_submission": _closing(
        "逾期不视为同意；批准后处罚方可作出。", "Silence is no approval; there is no penalty before it is approved."
    ),
    "no_penalty_notice": _opening(
        "公司于{proposed_on}向你发出{prior_notice}，{heard}。经审查，决定不予处罚。现通知如下。",
        "On {proposed_on} the company sent you {prior_notice}. {heard}. After review, no penalty is imposed.",
    ),
    "first_penalty_notice": _NOTICE,
    "second_penalty_notice": _NOTICE,
    "fine_notice": _NOTICE,
    "dismissal_notice": {
        "opening": {
            "zh": "{employment}因你多次违反《{regulation}》，经告知、听取申辩、征求工会意见和审查，公司决定解除与你的"
                  "劳动合同。现通知如下。",
            "en": "{employment}Because of repeated breaches of the {regulation}, and after prior notice, your defence,"
                  " the union’s opinion and an examination, the company ends the employment contract as follows.",
        },
        "remedy": {"zh": _APPEAL_RIGHT_ZH, "en": _APPEAL_RIGHT_EN},
    },
    "penalty_appeal_form": _closing(
        "{while_appealing}。本步骤记分 0 分，金额 0.00 元。",
        "{while_appealing}. This step brings 0 points and CNY 0.00.",
    ),
    "revocation_notice": _APPEALED,
    "sustained_ruling": _APPEALED,
    "finality_notice": _opening(
        "公司于{approved_on}作出{decision}。申诉期限于{appeal_ended}届满，你没有提出申诉。现通知如下。",
        "On {approved_on} the company issued {decision}. The time for an appeal ended at {appeal_ended}, and you filed"
        " none.",
    ),
    "regrade_notice": {
        **_opening(
            "因在先的处罚（{earlier_case}）不再计入，对你作出的{decision}须按实际次数变更。现决定如下。",
            "An earlier penalty ({earlier_case}) no longer counts, so {decision} is regraded to the number of"
            " penalties that remain.",
        ),
        "remedy": _REMEDY,
    },
    "reinstatement_ruling": _opening(
        "对你作出的{decision}已变更为{step}{regrade}。就是否恢复劳动关系，现决定如下。",
        "{decision} has been changed to a {step}{regrade}. On whether the employment is restored it is decided as"
        " follows.",
    ),
    "forfeiture_notice": {
        **_opening(
            "公司已对你作出{decision}。{forfeiture}，通知如下。", "{decision} was issued to you. {forfeiture}"
        ),
        "remedy": {
            "zh": "你对数额有异议的，可以向人事行政部要求核对，也可以依法申请仲裁。处罚决定被撤销的，该提成予以补发。",
            "en": "You may ask Administration to check the amount, or apply for labour arbitration as the law provides."
                  " If the penalty is revoked, the commission is paid after all.",
        },
    },
    "separation_certificate": _opening(
        "兹证明{name}自{employed_since}起与我公司建立劳动关系，劳动合同于{end_on}解除。",
        "This is to certify that {name} was employed by this company from {employed_since}, and that the employment"
        " contract ended on {end_on}.",
    ),
    "deduction_slip": _closing(
        "{cap}。有异议的，可以向人事行政部要求核对。", "{cap}. You may ask human resources to check them."
    ),
    "scorecard_draft": _closing(
        "本初稿于{time}汇总，供部门主管审核，不是最终结果；暂记的分值不计入。发现遗漏或者差错的，可以向部门主管提出。",
        "Computed on {time} for the head to review; not a final result. Provisional points stand apart. If something"
        " is missing or wrong, tell your head of department.",
    ),
    "scorecard_review": _closing(
        "部门主管已于{time}审核，交人事行政部对照文书核实。调整系数须说明理由（FAIR-1）。",
        "Reviewed by the head on {time}; human resources verify it against the letters. A factor needs its reason"
        " (FAIR-1).",
    ),
    "scorecard_verification": _closing(
        "人事行政部已于{time}对照文书逐项核实，报总经理批准。",
        "Verified against the letters on {time}; it goes to the general manager for approval.",
    ),
    "scorecard_return": _closing(
        "退回不改变记分。更正后重新逐级办理；期限{limit}。",
        "A return changes no points. After the correction the steps are taken again, {limit}.",
    ),
    "scorecard": _closing(
        "总经理于{time}批准。{month_closes}绩效工资于{pay_by}前发放。{receipt}；有异议的，可以向部门主管提出并要求逐项"
        "核对。",
        "Approved by the general manager on {time}.{month_closes} Performance pay goes out by {pay_by}. {receipt}; you"
        " may object to your head and have every entry checked.",
    ),
    "reward_notice": _opening(
        "根据《{regulation}》第{reward_rule}条，经审核批准，决定对你予以奖励。现通知如下。",
        "Under {reward_rule} of the {regulation}, a reward has been reviewed and granted to you as follows.",
    ),
    "pay_slip": _closing(
        "罚款等款项另见扣款明细，不从绩效分中重复计算。{receipt}；有异议的，可以要求逐项核对。",
        "Fines and the like are on the deduction slip and are not counted twice. {receipt}; you may have every entry"
        " checked.",
    ),
    "target_letter": _opening(
        "根据《{regulation}》，公司与{unit}负责人{signs}签订{year}年度目标责任书。{replaces}",
        "Under the {regulation} the company agrees the targets of {year} with {unit}, headed by {signs}.{replaces}",
    ),
    "briefing": _opening(
        "根据《{regulation}》，现将{month_told}客户满意度和目标完成情况通报如下。",
        "Under the {regulation} the results of {month_told} against the targets are reported as follows.",
    ),
}  # fmt: skip


def words(kind: str, lang: Language, place: str) -> str:
    """The standard words of a place; empty where the standard letter has none there."""
    return WORDS.get(kind, {}).get(place, {}).get(lang, "")
