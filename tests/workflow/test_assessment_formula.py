"""Formulas: what the grammar takes, and that nothing outside of it exists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.assessment_formula import FUNCTIONS, FormulaRefused, aggregates_in, names_in, parse


def test_a_formula_names_what_it_draws_from() -> None:
    tree = parse("100 * (count(answers where level >= 9) - base) / count(answers) + other")
    assert [str(aggregate) for aggregate in aggregates_in(tree)] == [
        "count(answers where level >= 9)",
        "count(answers)",
    ]
    assert names_in(tree) == ["base", "other"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a number, a name or “(” is expected at character 1, not the end"),
        ("1 +", "a number, a name or “(” is expected at character 4, not the end"),
        ("1 2", "an operator or the end is expected at character 3, not “2”"),
        ("count(answers", "“)” is expected at character 14, not the end"),
        ("count(answers where)", "the name of a field is expected at character 20, not “)”"),
        ("count(answers where level >=)", "a number or a word is expected at character 29, not “)”"),
        ("sum()", "the name of a source is expected at character 5, not “)”"),
        ("9 ** 9", "a number, a name or “(” is expected at character 4, not “*”"),
        ("1e999", "an operator or the end is expected at character 2, not “e999”"),
        ("9999999999999", "“9999999999999” is too long for a number"),
        ("0.1234567", "“0.1234567” is too long for a number"),
        ("a.b", "an operator or the end is expected at character 2, not “.”"),
        ("__import__", "“_” at character 1 means nothing here"),
        ("open(file)", "nothing computes “open”"),
        ("(lambda: 1)()", "“:” at character 8 means nothing here"),
        ("'text'", "“'” at character 1 means nothing here"),
        ("answers[0]", "“[” at character 8 means nothing here"),
        ("１ + １", "“１” at character 1 means nothing here"),
        ("a\x00b", "“\x00” at character 2 means nothing here"),
        ("\u202ea", "means nothing here"),
        ("a; b", "“;” at character 2 means nothing here"),
        ("(" * 21 + "1" + ")" * 21, "a formula is nested at most 20 deep"),
        ("-" * 21 + "1", "a formula is nested at most 20 deep"),
        ("1+" * 250 + "1", "a formula has at most 500 characters"),
    ],
)
def test_what_is_not_in_the_grammar_is_refused_with_its_place(text: str, why: str) -> None:
    with pytest.raises(FormulaRefused) as refused:
        parse(text)
    assert why in str(refused.value)


@given(st.text(max_size=80) | st.text(alphabet="()+-*/.<=> 019acount sum where and", max_size=80))
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    try:
        tree = parse(text)
    except FormulaRefused:
        return
    assert all(aggregate.function in FUNCTIONS for aggregate in aggregates_in(tree))
