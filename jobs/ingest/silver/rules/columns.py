"""Small pieces every source needs, as SQL for DuckDB: dirty text to typed columns, and what was wrong with it.

A function takes names of columns that hold text, as the source spells them, and gives an expression. A condition that
cannot be decided does not hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from jobs import contracts
from jobs.contracts.codes import code_set
from jobs.settings import settings

MONTH = r"\d{4}[.-](0[1-9]|1[0-2])(-01)?"
DAY = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
ZONE = r"([+-](0\d|1[0-7]):[0-5]\d|[+-]18:00|Z)"
INSTANT = rf"{DAY}[T ]{CLOCK}{ZONE}"
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
WHOLE_NUMBER = r"[+-]?\d+(\.0*)?"
ROUNDED = r"\d[eE]\+?\d"  # 9.87654E+08: a spreadsheet shows so many digits as its column has room for
HS_CODE, HS6, HSK10 = r"\d{6}(\d{4})?", r"\d{6}", r"\d{10}"
UNLOCODE = r"[A-Z]{2}[A-Z2-9]{3}"


def q(name: str) -> str:
    """A column's name as SQL writes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Texts as SQL writes a list of them, without its brackets."""
    return ", ".join(map(literal, texts))


def mapped(value: str, codes: Mapping[str, str]) -> str:
    """The code that a map gives for a text; null for a text that it does not have."""
    pairs = " ".join(f"when {literal(text)} then {literal(code)}" for text, code in codes.items())
    return f"case {value} {pairs} end"


def fits(text: str, pattern: str) -> str:
    """Whether the whole of a text fits a pattern."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def pattern_of(kind: str) -> str:
    """How a number of a type of the contracts is written."""
    return WHOLE_NUMBER if kind in ("int", "bigint") else NUMBER


def number(text: str, kind: str) -> str:
    """The number that a text states, in a type of the contracts; null where it states none that the type can hold.

    The text is cast once, to the type of its own column: the number that is checked is the number that is stored.
    """
    cast = f"try_cast({text} as {kind})"
    if kind == "double":
        cast = f"nullif(abs({cast}), 'infinity'::double) * sign({cast})"
    return f"case when {fits(text, pattern_of(kind))} then {cast} end"


def figures(table: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The figures of a record by the names of their columns with an underscore before them.

    Args:
        table: the table of silver whose columns they are.
        texts: the column with the text by the name of the figure's column.
    """
    contract = contracts.table(table)
    return {f"_{name}": number(q(text), contract.column(name).type) for name, text in texts.items()}


def figure_checks(
    table: str, texts: Mapping[str, str], *, required: Collection[str] = (), comma: str | None = None
) -> dict[str, str]:
    """Conditions, by flag, on texts that should be figures and stand beside them typed (`figures`).

    not_a_number: a text states no number. out_of_range: it states one that its column has no room for.
    rounded_figure: it states one with an exponent, as a spreadsheet shows what its column is too narrow for.

    Args:
        table: see `figures`.
        texts: see `figures`.
        required: figures that must be stated, so that an empty text is no number either.
        comma: condition of the flag `decimal_comma` where the table has it: such a text is not called anything else.
    """
    kinds = {name: contracts.table(table).column(name).type for name in texts}
    is_number = {name: fits(q(text), pattern_of(kinds[name])) for name, text in texts.items()}
    unread = {name: misread(f"_{name}", text) for name, text in texts.items()}
    any_unread = any_of(*unread.values())  # nearly no record has one, and is looked at no further
    none = any_of(*[f"case when {unread[name]} then not {is_number[name]} end" for name in texts])
    beyond = any_of(*[f"case when {unread[name]} then {is_number[name]} end" for name in texts])
    missing = any_of(*[f"{q(texts[name])} = ''" for name in required])
    whole = f"concat_ws(' ', {', '.join(map(q, texts.values()))})"
    is_none = f"(case when {any_unread} then {none} else false end or {missing})"
    return {
        "not_a_number": is_none if comma is None else f"({is_none} and not {comma})",
        "out_of_range": f"case when {any_unread} then {beyond} else false end",
        "rounded_figure": f"case when contains(lower({whole}), 'e') then regexp_matches({whole}, {literal(ROUNDED)}) "
        "else false end",
    }


def month(text: str) -> str:
    """First day of the month a text such as 2023.10 or 2023-10 names, null where it names none."""
    start = f"try_cast(concat_ws('-', substr({q(text)}, 1, 4), substr({q(text)}, 6, 2), '01') as date)"
    return f"case when {fits(q(text), MONTH)} then {start} end"


def day(text: str) -> str:
    """The day a text such as 2023-10-31 names, null where it names none."""
    return f"case when {fits(q(text), DAY)} then try_cast({q(text)} as date) end"


def instant(text: str) -> str:
    """The instant a text such as 2023-10-31T09:30:00+09:00 names, null where it names none or no time zone."""
    return f"case when {fits(q(text), INSTANT)} then try_cast({q(text)} as timestamptz) end"


def local_day(moment: str) -> str:
    """The day on which an instant fell where the platform's nights are counted."""
    return f"cast(timezone({literal(settings().timezone)}, {moment}) as date)"


def midnight(day: str) -> str:
    """The instant at which a day begins where the platform's nights are counted."""
    return f"timezone({literal(settings().timezone)}, cast({day} as timestamp))"


def month_of(day: str) -> str:
    """First day of the month of a day."""
    return f"cast(date_trunc('month', {day}) as date)"


def stated(text: str) -> str:
    """The text, null where it is empty: what is not stated is unknown."""
    return f"nullif({q(text)}, '')"


def any_of(*conditions: str) -> str:
    """Whether one of the conditions holds."""
    return "(" + " or ".join(f"coalesce({each}, false)" for each in conditions) + ")" if conditions else "false"


def any_missing(*texts: str) -> str:
    """Whether any of the texts is empty."""
    return any_of(*[f"{q(text)} = ''" for text in texts])


def any_comma(*texts: str) -> str:
    """Whether any of the texts that should be figures holds a comma: 1,234 is one thing here and another elsewhere."""
    return f"contains(concat_ws(' ', {', '.join(map(q, texts))}), ',')"


def any_negative(*names: str) -> str:
    """Whether any of the numbers lies below zero."""
    return any_of(*[f"{q(name)} < 0" for name in names])


def misread(typed: str, text: str) -> str:
    """Whether a text states something that the typed column beside it could not take."""
    return f"({q(typed)} is null and {q(text)} <> '')"


def not_in(value: str, code_list: str) -> str:
    """Whether a code is not one of its closed list; one that is not stated is not."""
    return f"not coalesce({value} in ({literals(sorted(code_set(code_list)))}), false)"


def unlisted(code_list: str, *texts: str) -> str:
    """Whether any of the texts states a code that is not in the closed list; an empty text states none."""
    codes = literals(["", *sorted(code_set(code_list))])
    return any_of(*[f"{q(text)} not in ({codes})" for text in texts])
