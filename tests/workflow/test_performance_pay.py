"""What a score pays, by hand: the three readings of PAY-3, the boundary of 60, rounding, and the pack's shape."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.builders import MONDAY
from workflow import packs, regulation
from workflow.performance_pay import PerformancePay, Reckoning, reckon
from workflow.regulation import PackRefused


def pays(score: str, *, base: int = 100_000, factor: str = "1.00", mode: str = "A") -> int:
    return Reckoning(base, Decimal(score), Decimal(factor), Decimal(60), 30, mode).pay  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "score", "fen"),
    [
        ("A", "100.00", 100_000), ("A", "60.00", 60_000), ("A", "59.99", 41_993), ("A", "55.00", 38_500),
        ("B", "60.00", 60_000), ("B", "59.99", 70_000), ("B", "55.00", 70_000), ("B", "0.00", 70_000),
        ("C", "60.00", 60_000), ("C", "59.99", 29_990), ("C", "55.00", 25_000), ("C", "30.00", 0), ("C", "29.99", 0),
        ("A", "0.00", 0), ("A", "105.00", 105_000),
    ],
)  # fmt: skip
def test_a_base_of_one_thousand_pays(mode: str, score: str, fen: int) -> None:
    assert pays(score, mode=mode) == fen


@pytest.mark.parametrize(
    ("mode", "fen"), [("A", 42_350), ("B", 77_000), ("C", 30_500)]
)  # fmt: skip
def test_the_factor_stands_before_the_deduction(mode: str, fen: int) -> None:
    assert pays("55.00", factor="1.10", mode=mode) == fen


def test_a_fen_is_rounded_half_up_and_only_once() -> None:
    assert pays("50.00", base=1, mode="B") == 1  # 0.7 fen
    assert pays("75.00", base=2) == 2  # 1.5 fen
    assert pays("74.99", base=2) == 1
    assert pays("99.99", base=100_001, factor="0.99") == 98_991  # 98 991.08…: once, not step by step


@given(st.integers(0, 100_000_000), st.decimals(0, 200, places=2), st.decimals(0, 2, places=2), st.sampled_from("ABC"))
def test_pay_is_whole_fen_and_never_below_nothing(base: int, score: Decimal, factor: Decimal, mode: str) -> None:
    reckoning = Reckoning(base, score, factor, Decimal(60), 30, mode)  # type: ignore[arg-type]
    assert reckoning.pay >= 0
    assert abs(max(Decimal(0), reckoning._exact()) - reckoning.pay) <= Decimal("0.5")


def test_the_formula_tells_its_figures() -> None:
    reckoning = Reckoning(200_000, Decimal("55.00"), Decimal("1.00"), Decimal(60), 30, "A")
    assert reckoning.figures() == "2,000.00 × 55.00 ÷ 100 × 1.00 × 70%"
    assert reckoning.grade == "fail"


def test_the_products_own_pack_has_every_rule_and_no_blank() -> None:
    pack = packs.read("performance-pay")
    assert isinstance(pack, PerformancePay)
    assert list(pack.rules) == [f"PAY-{number}" for number in range(1, 8)]
    assert pack.blanks() == []
    assert reckon(pack, base=100_000, score=Decimal(55)).pay == 38_500


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("below_pass_mode: A", "below_pass_mode: D", 36, "below_pass_mode"),
        ("start: 100", "start: 90", 31, "start"),
        ("compute: 10, review: 15", "compute: 16, review: 15", 39, "days"),
        ("highest: 2.00", "highest: 0.50", 42, "adjustment"),
        ("deduction_percent: 30", "deduction_percent: 130", 33, "deduction_percent"),
        ("start: 100", "start: 100\nbonus: 5", 32, "bonus"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, why: str
) -> None:
    text = packs.file_of("performance-pay").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "performance-pay.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        regulation.read_as(PerformancePay, file)
    assert f"performance-pay.yaml:{line}: {why}" in str(refused.value)


def test_a_blank_is_never_put_in_force(session: Session) -> None:
    blank = packs.read("performance-pay", filled={"pass_mark": None})
    with pytest.raises(PackRefused, match="still blank: pass_mark"):
        regulation.put_in_force(session, blank, from_day=MONDAY.date(), at=MONDAY)


def test_the_company_may_fill_in_its_own_values_and_no_others() -> None:
    pack = packs.read("performance-pay", filled={"below_pass_mode": "C"})
    assert isinstance(pack, PerformancePay) and pack.below_pass_mode == "C"
    with pytest.raises(PackRefused, match="does not have"):
        packs.read("performance-pay", filled={"below_pass": "C"})
    with pytest.raises(PackRefused, match="no regulation is called bonus"):
        packs.read("bonus")
