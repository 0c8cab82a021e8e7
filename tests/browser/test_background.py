"""Work in the background: an administrator sees what failed and why, and has it tried again."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models import ChannelOut, Database, FailedStep, Message, Order, OrderState
from tests.browser.visitor import Visitor
from tests.builders import MONDAY, Desk


@pytest.fixture
def failed(database: Database) -> None:
    """A full disk, a mailbox that refuses, and a step that cannot be carried out."""
    with database.writing() as session:
        desk = Desk(session)
        complaint = desk.complaint("assigned")
        for order in session.scalars(select(Order)):
            order.state, order.attempts = OrderState.FAILED, 10
            order.last_error = "OSError: [Errno 28] No space left on device"
        session.add(Message(
            key="0" * 32, person_id=desk.person("service.liu").id, channel=ChannelOut.MAIL, is_digest=False,
            state=OrderState.WAITING, attempts=3, next_try_at=MONDAY, last_error="550 no such mailbox here",
        ))  # fmt: skip
        session.add(FailedStep(
            kind="complaint", case_id=complaint.id, action="lapse", moment=MONDAY, attempts=2, next_try_at=MONDAY,
            last_error="KeyError: 1",
        ))  # fmt: skip
        session.commit()


@pytest.mark.usefixtures("failed")
def test_what_failed_is_told_and_tried_again(visitor: Callable[..., Visitor], size: tuple[int, int]) -> None:
    admin = visitor("admin.root", size, start="/background")
    admin.sees("未见后台进程运行", "函件制作", "到期事项", "550 no such mailbox here", "磁盘已满")
    admin.press("全部重试（2 项）")
    admin.sees("正在重试（2 项）", "客户抱怨单 · 客诉〔2026〕2号")
    admin.follow("全部后台任务")
    admin.follow("案卷")
    admin.sees("没有失败的任务")
