"""The page on classification: one table and one figure a corpus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cepstra.evaluation import plots, report
from cepstra.evaluation.closed_set import Classification, OpenSet
from cepstra.evaluation.corpora import CORPORA
from cepstra.whole_files import write_whole

INTRODUCTION = """# Whose voice of many

Attempts of three spoken digits, heard {condition}, given to one of the speakers enrolled; no
speaker here took part in any training. Made by

```
{command}
```

*Accuracy*: attempts given to who speaks, everybody being enrolled. *Macro F1*: F1 of each speaker,
averaged. *Unknown rejected*: attempts of {n_unknown} speakers who are not enrolled that are given
to nobody, at the threshold that a system has for as many enrolled speakers as are left and a target
of 1% of strangers accepted; *known identified*: the enrolled speakers' attempts given to them at
that threshold. Both are means over 20 draws of who is unknown.
"""

HEADINGS = ("system", "accuracy %", "macro F1 %", "unknown rejected %", "known identified %")
Found = Mapping[str, tuple[Classification, OpenSet | None]]


def write_page(
    results: Mapping[str, Found], command: str, condition: str, n_unknown: int, path: Path
) -> None:
    """Write the page and, in the folder `images` beside it, a figure a corpus.

    Args:
        results: corpus name -> system -> what was found.
        command: what makes this page, shown on it.
        condition: in which the attempts were heard.
        n_unknown: speakers left out.
        path: the Markdown file.
    """
    told = INTRODUCTION.format(command=command, condition=condition, n_unknown=n_unknown)
    parts = [told]
    for corpus in CORPORA:
        if corpus.name in results:
            image = f"images/confusion-{corpus.name.replace('_', '-')}.png"
            confusions = {name: one.confusion for name, (one, _) in results[corpus.name].items()}
            first, _ = next(iter(results[corpus.name].values()))
            figure = plots.confusion_figure(confusions, first.speakers)
            plots.save(figure, path.parent / image)
            parts.append(f"\n## {corpus.heading}\n\n{table(results[corpus.name])}")
            parts.append(f"\n![Confusion matrices of {corpus.heading}]({image})\n")
    write_whole(path, "".join(parts))


def table(found: Found) -> str:
    """Return the Markdown table of one corpus."""
    return report.table(HEADINGS, map(_row, found.items()))


def _row(item: tuple[str, tuple[Classification, OpenSet | None]]) -> tuple[str, ...]:
    name, (seen, unknown) = item
    shares = [seen.accuracy, seen.macro_f1]
    shares += [unknown.rejected, unknown.identified] if unknown else []
    cells = [f"{100 * share:.2f}" for share in shares]
    return name, *cells, *["–"] * (len(HEADINGS) - 1 - len(cells))
