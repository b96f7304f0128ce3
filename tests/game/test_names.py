import pytest

from quizzler.errors import Invalid
from quizzler.game.names import clean_name, name_key


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  Ann ", "Ann"),
        ("Ann  Lee", "Ann Lee"),
        ("Jürgen", "Jürgen"),
        ("李小龍", "李小龍"),
        ("\u202eevil\u202c", "evil"),
        ("An\u200bn\ufeff", "Ann"),
        ("A\x00nn\n", "Ann"),
        ("<b>Ann</b>", "<b>Ann</b>"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("x" * 20, "x" * 20),
        ("An\u3164n\u2800\u00ad", "Ann"),
        ("A" + "\u0301" * 12 + "nn", "A" + "\u0301" * 4 + "nn"),
        ("ཧྐྵྨླྺྼྻྂ", "ཧྐྵྨླ"),
        ("กี่ที่", "กี่ที่"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("Ann" + "\u200b" * 100, "Ann"),
    ],
)
def test_name_as_it_is_shown(raw, shown):
    assert clean_name(raw) == shown


@pytest.mark.parametrize(
    "raw", ["", "   ", "\u200b\u200d", "\x00", "\ud800", "\u3164", "\u2800\u115f", "\ufe0f", "\U000e0041"]
)
def test_name_that_nobody_could_see_is_none(raw):
    with pytest.raises(Invalid, match="Username required"):
        clean_name(raw)


def test_name_of_21_characters_is_too_long():
    with pytest.raises(Invalid, match="Username too long"):
        clean_name("x" * 21)


def test_name_that_would_take_long_to_look_at_is_too_long():
    """Putting combining marks in their order takes time with the square of their number."""
    with pytest.raises(Invalid, match="Username too long"):
        clean_name("\u0323\u0301" * 1_000_000)


def test_names_that_look_alike_are_the_same():
    assert (
        len(
            {
                name_key(name)
                for name in ("Ann Lee", "ann lee", "ANNLEE", "Ａｎｎ　Ｌｅｅ", "Ann\u200d Lee", "Ann\ufe0f \u3164Lee")
            }
        )
        == 1
    )
    assert name_key("Ann") != name_key("Anne")
