"""Tables of figures for the terminal and for Markdown."""

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table

from cepstra.evaluation.summary import Interval, Summary

HEADINGS = (
    "system",
    "EER % (95% interval)",
    "minDCF",
    "FRR % @ FAR 1%",
    "FAR %",
    "FRR %",
    "Cllr",
    "min Cllr",
)


def terminal_table(summaries: Mapping[str, Summary], title: str) -> Table:
    """A rich table that 80 columns hold, one row per system; FAR and FRR at the shipped threshold.

    Rates are in percent with their 95% intervals; the other figures are in the report.
    """
    table = Table("system", title=title)
    for heading in ("EER %", "FAR %", "FRR %", "Cllr"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, each in summaries.items():
        rates = (
            (each["eer"], each["eer_ci"]),
            (each["far"], each["far_ci"]),
            (each["frr"], each["frr_ci"]),
        )
        cells = [f"{_or_dash(rate, 1)}{_interval(bounds, 1)}" for rate, bounds in rates]
        table.add_row(name, *cells, _or_dash(each["cllr"], 2))
    return table


def markdown_table(summaries: Mapping[str, Summary], is_full: bool = True) -> str:
    """The same table in Markdown, ending in a newline; a full one has intervals of FAR and FRR."""
    rows = [(f"`{name}`", *_cells(summary, is_full)) for name, summary in summaries.items()]
    return table(_headings(is_full), rows)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, text in its first column and numbers in the others."""
    rule = "---", *["---:"] * (len(headings) - 1)
    return "".join(f"| {' | '.join(row)} |\n" for row in (headings, rule, *rows))


def _headings(is_full: bool) -> list[str]:
    with_interval = ("FAR %", "FRR %") if is_full else ()
    return [f"{name} (95%)" if name in with_interval else name for name in HEADINGS]


def _cells(summary: Summary, is_full: bool) -> tuple[str, ...]:
    return (
        f"{summary['eer']:.2f}{_interval(summary['eer_ci'])}",
        f"{summary['min_dcf']:.3f}",
        f"{summary['frr_at_far1']:.1f}",
        _or_dash(summary["far"], 2) + _interval(summary["far_ci"] if is_full else None),
        _or_dash(summary["frr"], 2) + _interval(summary["frr_ci"] if is_full else None),
        _or_dash(summary["cllr"], 3),
        f"{summary['min_cllr']:.3f}",
    )


def _or_dash(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


def _interval(bounds: Interval | None, decimals: int = 2) -> str:
    return "" if bounds is None else f" ({bounds[0]:.{decimals}f} to {bounds[1]:.{decimals}f})"
