"""The index of a month's letters as CSV that Excel opens as it is: what lies in the file, what is missing, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from pdf.words import Language

HEADINGS: dict[Language, tuple[str, ...]] = {
    "zh": ("序号", "文号", "题名", "文本", "签发时间", "案号", "受送达人", "状态", "文件名", "SHA-256"),
    "en": ("No.", "Number", "Title", "Copy", "Issued", "Case", "Addressees", "Status", "File", "SHA-256"),
}
NAMES: dict[Language, str] = {"zh": "目录.csv", "en": "Index.csv"}
COPIES: dict[Language, dict[str, str]] = {
    "zh": {"full": "全文本", "respondent": "本人文本", "leader": "班组长文本", "customer": "致客户文本"},
    "en": {"full": "full", "respondent": "own copy", "leader": "leader's part", "customer": "to the customer"},
}
STATUS: dict[Language, dict[str, str]] = {
    "zh": {
        "enclosed": "已收录", "void": "已作废，收录作废文本",
        "unprintable": "未收录：文书未能排印，请联系系统管理员", "unsealed": "未收录：公司电子签章不可用，文书待签章",
    },
    "en": {
        "enclosed": "enclosed", "void": "void, enclosed as such",
        "unprintable": "missing: its paper could not be made; please tell the administrator",
        "unsealed": "missing: its paper waits for the company's seal",
    },
}  # fmt: skip
CASES: dict[Language, dict[str, str]] = {
    "zh": {
        "complaint": "客诉",
        "penalty": "处罚",
        "scorecard": "绩效考核",
        "payday": "发薪日",
        "reward": "奖励",
        "publication": "目标与简报",
    },
    "en": {
        "complaint": "Complaint",
        "penalty": "Penalty",
        "scorecard": "Scorecard",
        "payday": "Pay day",
        "reward": "Reward",
        "publication": "Targets and briefings",
    },
}
# What makes Excel read the file as UTF-8, and so the names right.
ENCODING = "utf-8-sig"


@dataclass(frozen=True)
class Line:
    """One paper, as its reader has it; no cell begins like a formula."""

    number: str
    title: str
    copy: str
    issued: str
    case: str
    addressees: str
    status: str
    file: str = ""
    digest: str = ""


def index(lines: Iterable[Line], lang: Language) -> bytes:
    """The headings and a line for each paper."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADINGS[lang])
    for place, line in enumerate(lines, start=1):
        writer.writerow([
            place, line.number, line.title, COPIES[lang][line.copy], line.issued, line.case, line.addressees,
            STATUS[lang][line.status], line.file, line.digest,
        ])  # fmt: skip
    return table.getvalue().encode(ENCODING)
