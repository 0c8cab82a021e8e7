"""Which characters letters can print, and how a machine without fonts is told."""

import pytest

from pdf import fonts


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
    monkeypatch.setattr(fonts, "_find", lambda family: None)
    monkeypatch.setattr(fonts, "_loads", lambda library: "subset" not in library)
    with pytest.raises(fonts.FontsMissing) as told:
        fonts.require_fonts()
    assert str(told.value).endswith("apt-get install --no-install-recommends libharfbuzz-subset0 fonts-noto-cjk")


def test_without_a_chinese_font_nothing_is_replaced_but_everything_refused(monkeypatch):
    monkeypatch.setattr(fonts, "_find", lambda family: None)
    fonts.printable_characters.cache_clear()
    try:
        with pytest.raises(fonts.FontsMissing):
            fonts.unprintable("马超")
    finally:
        fonts.printable_characters.cache_clear()
