"""Which column of a file means what: headings in Chinese and English, and the words of fixed values.

These words are read, never shown as such; pages show the fields in the reader's own language.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models import Category, Channel, Severity
from workflow.process import N_


@dataclass(frozen=True)
class Field:
    """One field of a complaint: how it is called, and the headings by which it is known, the usual one first."""

    name: str
    label: str
    known_as: str
    takes_several: bool = False

    @property
    def headings(self) -> list[str]:
        return self.known_as.split("|")

    def heading(self, *, chinese: bool) -> str:
        """The heading under which our own template asks for it."""
        return self.headings[0] if chinese else self.label


FIELDS = (
    Field(
        "external_ref", N_("Number in the source"),
        "编号|投诉编号|投诉单号|单号|工单号|流水号|id|number|case id|ref|reference",
    ),
    Field(
        "customer_name", N_("Customer name"),
        "客户姓名|客户|客户名称|姓名|车主|车主姓名|投诉人|联系人|customer|name|owner",
    ),
    Field(
        "customer_phone", N_("Phone"),
        "联系电话|电话|手机|手机号|手机号码|联系方式|电话号码|客户电话|mobile|telephone|tel|phone number",
    ),
    Field(
        "vehicle", N_("Plate or frame number"),
        "车牌号|车牌|车牌号码|车架号|vin|vin码|底盘号|plate|vehicle|license plate|frame number",
    ),
    Field(
        "vehicle_model", N_("Vehicle model"),
        "车型|品牌|车系|款型|车款|年款|型号|brand|make|model|car model|series",
        takes_several=True,
    ),
    Field("order_number", N_("Order number"), "订单号|合同号|合同编号|工单编号|order|contract"),
    Field("channel", N_("Channel"), "渠道|投诉渠道|来源渠道|受理渠道|来源|投诉来源"),
    Field("category", N_("Category"), "类别|投诉类别|投诉类型|类型|分类|问题类型|type|complaint type"),
    Field("severity", N_("Severity"), "严重程度|等级|级别|投诉等级|投诉级别|level"),
    Field(
        "description", N_("What the customer says"),
        "投诉内容|内容|描述|问题描述|情况描述|投诉简述|简述|事由|投诉事由|客户反映|客户描述|抱怨内容"
        "|description|desc|complaint|content|details|what happened",
        takes_several=True,
    ),
    Field(
        "description_note", N_("Added to what the customer says, in brackets"),
        "故障码|故障代码|问题|投诉问题|典型问题|问题代码|problem|problem codes|problem code|fault code|fault codes",
    ),
    Field("demand", N_("What the customer asks for"), "客户诉求|诉求|客户要求|要求|期望|demand|request"),
    Field(
        "occurred_on", N_("Date"),
        "发生日期|日期|投诉日期|投诉时间|时间|发生时间|受理日期|登记日期|datetime|time|occurred on|complaint date",
    ),
    Field("department", N_("Department"), "责任部门|部门|所属部门"),
    Field("respondent", N_("Respondent"), "当事人|责任人|被投诉人|员工|employee|person concerned"),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}
CONSTANT_FIELDS = ("customer_name", "channel", "category", "severity", "source")

# A “type” beside a brand is a version of the car and not a kind of complaint.
_BESIDE_A_BRAND = {"brand", "make", "品牌", "车系", "carmodel"}
_MEANS_THE_CAR_THERE = {"type", "类型"}
_IN_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_SHORTEST_PART = 2

_WORDS: dict[type[StrEnum], dict[StrEnum, str]] = {
    Channel: {
        Channel.PHONE: "电话|来电|热线|call|telephone",
        Channel.VISIT: "到店|来店|来访|上门",
        Channel.SURVEY: "回访|回访调查|回访问卷|问卷|调查|满意度调查",
        Channel.WEB: "网络|网站|网上|网络平台|官网|线上|投诉平台|website|online",
        Channel.MANUFACTURER: "厂家|厂家转办|主机厂|厂方",
        Channel.SOCIAL_MEDIA: "社交媒体|微信|微博|抖音|小红书",
    },
    Category: {
        Category.SERVICE_ATTITUDE: "服务态度|态度|attitude",
        Category.SERVICE_QUALITY: "服务质量|维修质量|服务|service",
        Category.PRODUCT_QUALITY: "产品质量|质量|质量问题|车辆质量|quality",
        Category.DELIVERY: "交车|交付|交期",
        Category.PRICE: "价格|费用|价格费用|收费",
        Category.PARTS: "配件|零件|备件",
        Category.PROCESS: "流程|手续",
        Category.OTHER: "其他|其它",
    },
    Severity: {
        Severity.MINOR: "轻微|轻|低|low",
        Severity.NORMAL: "一般|普通|中|medium",
        Severity.MAJOR: "重大|严重|高|紧急|high|serious",
    },
}
WORDS = {
    kind: {value: (*words.split("|"), value.value) for value, words in values.items()}
    for kind, values in _WORDS.items()
}


def folded(text: str) -> str:
    """`text` as headings and words are compared: without brackets, blanks, signs, width and case."""
    plain = unicodedata.normalize("NFKC", _IN_BRACKETS.sub("", text) or text).casefold()
    return "".join(char for char in plain if char.isalnum())


_FIELD_OF = {folded(heading): field.name for field in FIELDS for heading in (*field.headings, field.label)}
_VALUE_OF = {
    kind: {folded(word): value for value, words in values.items() for word in words} for kind, values in WORDS.items()
}


def known(headings: Iterable[str]) -> int:
    """How many of these cells are headings that we know."""
    return sum(folded(heading) in _FIELD_OF for heading in headings)


def match(headings: Sequence[str]) -> list[str | None]:
    """The field of each column, or None; no field twice but where several columns make one text."""
    found: list[str | None] = [None] * len(headings)
    for certain in (True, False):
        for column, heading in enumerate(headings):
            field = _field_of(heading, headings, certain=certain)
            if found[column] is None and field and (field not in found or (certain and BY_NAME[field].takes_several)):
                found[column] = field
    if "description" not in found and "description_note" in found:
        found[found.index("description_note")] = "description"
    return found


def _field_of(heading: str, headings: Sequence[str], *, certain: bool) -> str | None:
    name = folded(heading)
    if name in _MEANS_THE_CAR_THERE and any(folded(other) in _BESIDE_A_BRAND for other in headings):
        return "vehicle_model"
    if certain:
        return _FIELD_OF.get(name)
    parts = [part for part in _FIELD_OF if len(part) >= _SHORTEST_PART and part in name and not part.isascii()]
    # Of equally long parts the last counts: 客户投诉的内容 is a 内容 and not a 客户.
    return _FIELD_OF[max(parts, key=lambda part: (len(part), name.rfind(part)))] if parts else None


def value_of(kind: type[StrEnum], word: str) -> StrEnum | None:
    """The fixed value that this word stands for."""
    return _VALUE_OF[kind].get(folded(word))


def allowed(kind: type[StrEnum]) -> str:
    """The Chinese words for the values of `kind`, as they are written into a file."""
    return "、".join(words[0] for words in WORDS[kind].values())
