"""The fixed words of a case file in both languages; like the letters it does not follow the catalogue of the pages."""

from __future__ import annotations

Both = dict[str, str]


def _both(zh: str, en: str) -> Both:
    return {"zh": zh, "en": en}


TITLES = {"complaint": _both("客诉案卷", "Complaint Case File"), "penalty": _both("处罚案卷", "Penalty Case File")}

WORDS: dict[str, Both] = {
    "front": _both("封面和卷内目录", "Cover and index"),
    "index": _both("卷内目录", "Index"),
    "case": _both("案号", "Case"),
    "customer": _both("客户", "Customer"),
    "withheld": _both("（略）", "(withheld)"),
    "complaint": _both("相关客诉", "Complaint behind it"),
    "category": _both("类别", "Category"),
    "rule": _both("适用规定", "Rule"),
    "department": _both("责任部门", "Department"),
    "respondent": _both("当事人", "Respondent"),
    "unknown": _both("未确定", "Not named"),
    "filed": _both("登记时间", "Filed"),
    "proposed": _both("提出时间", "Proposed"),
    "last": _both("最近办理", "Last act"),
    "made_by": _both("制卷人", "Made by"),
    "made_at": _both("制卷时间", "Made at"),
    "copy_number": _both("份号", "Copy"),
    "contents": _both("卷内文件", "Contents"),
    "place": _both("序号", "No."),
    "number": _both("文号", "Number"),
    "title": _both("题名", "Title"),
    "date": _both("日期", "Date"),
    "page": _both("页码", "Page"),
    "letters": _both("文书", "Letters"),
    "service": _both("送达", "Service"),
    "evidence": _both("证据和附件", "Evidence and attachments"),
    "remarks": _both("说明", "Remarks"),
    "records": _both("送达情况表", "Record of Service"),
    "letter": _both("文书", "Letter"),
    "addressee": _both("受送达人", "Addressee"),
    "way": _both("送达方式", "How served"),
    "when": _both("时间", "When"),
    "details": _both("地点、见证人、说明", "Place, witnesses, note"),
    "recorded": _both("记录人", "Recorded by"),
    "witnesses": _both("见证人：", "Before: "),
    "at_place": _both("地点：", "Place: "),
    "open": _both("尚未签收", "Not yet acknowledged"),
    "signed": _both("本人签收", "Acknowledged in person"),
    "received_only": _both(
        "签收仅表示收到，不表示同意其内容，不影响申诉权利。",
        "Acknowledging means received, not agreed; the right to appeal is unaffected.",
    ),
    "file": _both("附件", "Attachment"),
    "kind": _both("种类", "Kind"),
    "size": _both("大小", "Size"),
    "added": _both("提交", "Added"),
    "digest": _both("SHA-256 摘要", "SHA-256"),
    "enclosed_as": _both("电子版内名称", "Enclosed as"),
    "customers_copy": _both("（致客户函）", " (letter to the customer)"),
    "leaders_copy": _both("（连带责任部分）", " (joint liability)"),
    "own_copy": _both("（当事人副本）", " (respondent's copy)"),
}

WAYS: dict[str, Both] = {
    "handed_over": _both("直接送达", "Handed over"),
    "left": _both("留置送达（见证人在场）", "Left in the presence of witnesses"),
    "courier": _both("快递送达", "Sent by courier"),
    "message": _both("发送到已确认的地址", "Sent to a confirmed address"),
    "public_notice": _both("公告送达", "Public notice"),
}

KINDS: dict[str, Both] = {
    "image": _both("图片", "picture"),
    "audio": _both("录音", "sound recording"),
    "video": _both("录像", "film"),
    "application/pdf": _both("PDF 文件", "PDF"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _both("Word 文件", "Word document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _both("Excel 文件", "Excel workbook"),
    "": _both("文件", "file"),
}

# What became of an attachment that does not stand in the file as pages.
FATES: dict[str, Both] = {
    "enclosed": _both(
        "本件为{kind}，不能印成纸页。文件原样附在本卷的电子版内。",
        "This is a {kind} and cannot be printed as pages. It is enclosed unchanged in the electronic file.",
    ),
    "damaged": _both(
        "本件（{kind}）已损坏、加密或过大，不能显示为纸页。文件未作任何改动，原样附在本卷的电子版内。",
        "This {kind} is damaged, locked or too large and cannot be shown as pages. It is enclosed unchanged in the "
        "electronic file.",
    ),
    "altered": _both(
        "本件（{kind}）的内容与登记的 SHA-256 摘要不一致，可能已被改动，不作为证据显示；现存内容附在本卷的电子版内。"
        "请告知系统管理员，从备份恢复原件。",
        "The content of this {kind} differs from the SHA-256 on record. It may have been altered and is not shown as "
        "evidence; what is there now is enclosed in the electronic file. Please have the administrator restore the "
        "original from the backup.",
    ),
    "missing": _both(
        "本件（{kind}）登记在案，但存储中没有找到其内容。请告知系统管理员，从备份恢复。其余各件不受影响。",
        "This {kind} is on record, but its content was not found in the store. Please have the administrator restore "
        "it from the backup. Nothing else is affected.",
    ),
    "too_large": _both(
        "本件为{kind}。附件总量超过本卷的限度，未附入电子版；原件按上述摘要保存在系统内，可单独下载。",
        "This is a {kind}. The attachments exceed what one file can hold, so it is not enclosed; the original is kept "
        "in the system under the SHA-256 above and can be downloaded by itself.",
    ),
    "unprintable": _both(
        "本件文书暂时无法排印。文书本身已经签发，文号和正文摘要如上，内容未受影响；修复后请重新制卷。",
        "The paper of this letter cannot be made at present. The letter itself is issued, with the number and digest "
        "above, and nothing of it is lost; have the file made again once that is put right.",
    ),
    "unsealed": _both(
        "本件文书尚未加盖公司电子签章，暂无纸面。文书本身已经签发，文号和正文摘要如上，内容未受影响；签章恢复后请重新制卷。",
        "The paper of this letter waits for the company's electronic seal. The letter itself is issued, with the "
        "number and digest above, and nothing of it is lost; have the file made again once the seal is there.",
    ),
    "unsigned": _both(
        "本卷制作时公司电子签章不可用，电子版未签名。签章恢复后请重新制卷。",
        "The company's electronic seal could not be used when this file was made, so the file is not signed. Have it "
        "made again once the seal is there.",
    ),
}


def kind_of(media_type: str, lang: str) -> str:
    """What a file is, in a word: 图片, 录音, Word 文件."""
    known = KINDS.get(media_type) or KINDS.get(media_type.partition("/")[0]) or KINDS[""]
    return known[lang]
