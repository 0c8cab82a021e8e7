"""The workbook to fill in: the headings, one row as an example, and on a second sheet what may stand where."""

import io
from typing import Any

from workflow import import_columns
from workflow.import_columns import FIELDS, Field
from workflow.import_row import EXAMPLE, KINDS

ROWS_WITH_CHOICES = 2_000
EXAMPLES = {
    "external_ref": EXAMPLE, "customer_name": "郑女士", "customer_phone": "13800000001", "vehicle": "浙A·6K210",
    "vehicle_model": "星程 X5 2.0T", "order_number": "XS-20417", "channel": "电话", "category": "服务态度",
    "severity": "一般", "description": "预约后到店等候两小时无人接待。", "demand": "希望给个说法。",
    "occurred_on": "2026-03-02", "department": "售后服务部", "respondent": "马超",
}  # fmt: skip
WIDE, USUAL = 44, 16


def template(*, chinese: bool) -> bytes:
    """The workbook as bytes, with its headings in Chinese or English."""
    from openpyxl import Workbook

    book = Workbook()
    _sheet_to_fill(book.active, chinese)
    _sheet_of_hints(book.create_sheet("填写说明" if chinese else "How to fill it in"), chinese)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _fields() -> list[Field]:
    return [field for field in FIELDS if field.name in EXAMPLES]


def _sheet_to_fill(sheet: Any, chinese: bool) -> None:
    sheet.title = "客诉" if chinese else "Complaints"
    sheet.append([field.heading(chinese=chinese) for field in _fields()])
    sheet.append([EXAMPLES[field.name] for field in _fields()])
    sheet.freeze_panes = "A2"
    for column, field in enumerate(_fields(), start=1):
        _format(sheet, column, field)


def _format(sheet: Any, column: int, field: Field) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    letter = get_column_letter(column)
    sheet.column_dimensions[letter].width = WIDE if field.name in ("description", "demand") else USUAL
    sheet.cell(1, column).font = Font(bold=True)
    # A phone number or a long number that becomes a quantity loses its digits.
    for row in range(1, ROWS_WITH_CHOICES if field.name in ("customer_phone", "external_ref") else 3):
        sheet.cell(row, column).number_format = "@"
    if field.name in KINDS:
        _offer_choices(sheet, letter, field)


def _offer_choices(sheet: Any, letter: str, field: Field) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    words = ",".join(words[0] for words in import_columns.WORDS[KINDS[field.name]].values())
    choices = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    choices.add(f"{letter}2:{letter}{ROWS_WITH_CHOICES}")
    sheet.add_data_validation(choices)


def _sheet_of_hints(sheet: Any, chinese: bool) -> None:
    sheet.append(["列", "填写内容"] if chinese else ["Column", "What to write"])
    for field in _fields():
        sheet.append([field.heading(chinese=chinese), _hint(field, chinese)])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = USUAL, 2 * WIDE


def _hint(field: Field, chinese: bool) -> str:
    if field.name in KINDS:
        return import_columns.allowed(KINDS[field.name])
    zh, en = HINTS.get(field.name, ("可不填", "May be left empty"))
    return zh if chinese else en


HINTS = {
    "external_ref": (
        "来源系统里的编号；同一编号只登记一次。示例行请删除",
        "The number there; each is filed once. Delete the example row",
    ),
    "customer_name": ("不填则用导入时填写的称呼", "Left empty: the name given at the import"),
    "description": (
        "必填，尽量写客户原话，最多 5000 字",
        "Required; the customer's own words, 5,000 characters at most",
    ),
    "occurred_on": ("如 2026-03-02，不能晚于今天", "Like 2026-03-02, not after today"),
    "department": ("部门名称，可不填，下发时再定", "The department's name; may be left for later"),
    "respondent": ("员工姓名或账号，可不填，下发时再定", "An employee's name or account; may be left for later"),
}
