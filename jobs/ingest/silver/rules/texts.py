"""Texts as one writes them once: composed, and without characters that nobody sees.

Two spellings of one identifier that look alike on every screen would else be two firms. What is removed is flagged;
control characters no text of a record can hold, so that a record with one is set aside. Unicode Standard Annex 15
(normalisation form C); invisible are the characters of Default_Ignorable_Code_Point and the soft hyphen.
"""

from __future__ import annotations

from jobs.ingest.silver.rules.columns import literal

# Soft hyphen, grapheme joiner, Arabic letter mark, Hangul fillers, Khmer vowels, Mongolian selectors, zero widths,
# directions, word joiner and invisible operators, variation selectors, byte order mark, annotations, shorthand, music
# and tags.
INVISIBLE = (
    r"[\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{200b}-\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{fff0}-\x{fff8}\x{1bca0}-\x{1bca3}"
    r"\x{1d173}-\x{1d17a}\x{e0000}-\x{e0fff}]"
)
CONTROL = r"[\x{01}-\x{1f}\x{7f}-\x{9f}\x{2028}\x{2029}\x{fdd0}-\x{fdef}\x{fffe}\x{ffff}]"
NUL = "chr(0)"  # stands in no pattern


def is_ascii(text: str) -> str:
    """Whether an expression's text has one byte a character: nearly all have, and are looked at no further."""
    return f"strlen({text}) = length({text})"


def composed(text: str) -> str:
    """The text of an expression in normalisation form C, without characters that nobody sees."""
    # What nobody sees goes first: a mark behind it meets its letter only then.
    visible = f"regexp_replace({text}, {literal(INVISIBLE)}, '', 'g')"
    return f"case when {is_ascii(text)} then {text} else nfc_normalize({visible}) end"


def holds_invisible(text: str) -> str:
    """Whether an expression's text holds characters that nobody sees."""
    return f"case when {is_ascii(text)} then false else regexp_matches({text}, {literal(INVISIBLE)}) end"


def holds_control(text: str) -> str:
    """Whether an expression's text holds control characters."""
    return f"(regexp_matches({text}, {literal(CONTROL)}) or contains({text}, {NUL}))"
