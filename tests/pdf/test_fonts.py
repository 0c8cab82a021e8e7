"""Which characters letters can print, and how a machine without fonts is told."""

import re

import pytest
from fontTools.ttLib import TTFont

from pdf import fonts, own_fonts, render


def test_this_machine_can_print_letters():
    fonts.require_fonts()
    assert fonts.chinese_font().exists()


@pytest.mark.parametrize("name", ["马超", "𠮷田", "王喆", "李堃", "买买提·艾力", "O’Neil é"])
def test_names_of_people_can_be_printed(name):
    assert fonts.unprintable(name) == []


def test_what_cannot_be_printed_is_named_in_order_and_once():
    assert fonts.unprintable("好👍\u202e👍\x00😀\n\t") == [
        "👍 (U+1F44D)",
        "U+202E RIGHT-TO-LEFT OVERRIDE",
        "U+0000",
        "😀 (U+1F600)",
    ]


def test_private_and_invisible_characters_cannot_be_printed():
    assert len(fonts.unprintable("\ue000\u200f\u200d\ufeff\ufe0f")) == 5


def test_a_machine_without_fonts_is_told_the_command(monkeypatch):
    monkeypatch.setattr(fonts, "find", lambda family: None)
    monkeypatch.setattr(fonts, "_loads", lambda library: "subset" not in library)
    with pytest.raises(fonts.FontsMissing) as told:
        fonts.require_fonts()
    assert str(told.value).endswith("apt-get install --no-install-recommends libharfbuzz-subset0 fonts-noto-cjk")


def test_without_a_chinese_font_nothing_is_replaced_but_everything_refused(monkeypatch):
    monkeypatch.setattr(fonts, "find", lambda family: None)
    fonts.printable_characters.cache_clear()
    try:
        with pytest.raises(fonts.FontsMissing):
            fonts.unprintable("马超")
    finally:
        fonts.printable_characters.cache_clear()


def test_the_letters_own_fonts_have_every_general_character():
    """No letter falls back to a font of 65,000 characters for what 通用规范汉字表 has."""
    general = own_fonts.general_characters()
    assert len(general) == len(set(general)) == 8_105
    for family in ("Gongdao Serif", "Gongdao Sans"):
        with TTFont(fonts.find(family).path, lazy=True) as face:
            assert not {ord(c) for c in general} - face.getBestCmap().keys()
            assert "glyf" in face


def test_every_stack_ends_in_fonts_that_have_every_chinese_character():
    sheet = (render.ASSETS / "letter.css").read_text(encoding="utf-8")
    stacks = re.findall(r'"[^"\n]+"(?:, *(?:"[^"\n]+"|[a-z-]+))+', sheet)
    assert len(stacks) > 50
    for stack in stacks:
        ends = stack.split(", ")[-4:]
        style = ends[-1].split("-")[0].title()
        assert ends == [f'"Gongdao {style}"', f'"Noto {style} CJK SC"', '"BabelStone Han"', ends[-1]], stack
