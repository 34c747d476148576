"""The page on identification: tables of every corpus and condition."""

from collections.abc import Mapping

from cepstra.evaluation.corpora import CORPORA
from cepstra.evaluation.identification import (
    Identifications,
    identified_rate,
    rank_one_rate,
    recall,
    stranger_scores,
    threshold_at,
)
from cepstra.evaluation.report import table
from cepstra.verification.fusion_verifier import FusionVerifier
from cepstra.verification.identification import SHORTLIST

SHORTLISTS = (1, 5, 10, 20, SHORTLIST, 50)

INTRODUCTION = """# Identification

Attempts of three spoken digits against everybody enrolled, with the service's own code. Made by

```
{command}
```

with the trials of `../shared/protocol`; no speaker here took part in any training.

*Rank 1*: the own speaker scores highest of all. *Strangers*: the same attempts with their own
speaker taken out, one after the other; the share that is taken for somebody. *Identified*: the
own speaker scores highest and reaches the threshold. The first threshold is the one the service
ships for so many speakers at a target of {far:.0%} strangers, the second lets exactly 1% of these
strangers through.
"""

HEADINGS = (
    "condition",
    "rank 1 %",
    "shipped threshold",
    "strangers %",
    "identified %",
    "identified % @ strangers 1%",
)


def page(
    results: Mapping[str, Mapping[str, Identifications]],
    system: FusionVerifier,
    command: str,
    n_strangers: int,
) -> str:
    """Return Markdown of results[corpus][condition].

    Args:
        results: of every corpus and condition.
        system: whose thresholds are shown.
        command: what makes this page.
        n_strangers: how many voices beside the enrolled ones the searches had to tell apart.
    """
    parts = [INTRODUCTION.format(command=command, far=system.policy.false_accept_rate)]
    for corpus in CORPORA:
        if corpus.name in results:
            parts.append(f"\n## {corpus.heading}\n\n")
            parts.append(_decisions(results[corpus.name], system))
            parts.append(_shortlists(results[corpus.name], n_strangers))
    return "".join(parts)


def _decisions(by_condition: Mapping[str, Identifications], system: FusionVerifier) -> str:
    rows = []
    for condition, found in by_condition.items():
        strangers = stranger_scores(found)
        n_speakers = found.llrs.shape[1]
        without = system.open_set_threshold(n_speakers - 1)  # the own speaker is taken out
        shipped = system.open_set_threshold(n_speakers)
        rows.append(
            (
                condition,
                f"{100 * rank_one_rate(found):.2f}",
                f"{shipped:.2f}",
                f"{100 * float((strangers >= without).mean()):.2f}",
                f"{100 * identified_rate(found, shipped):.2f}",
                f"{100 * identified_rate(found, threshold_at(strangers)):.2f}",
            )
        )
    return table(HEADINGS, rows)


def _shortlists(by_condition: Mapping[str, Identifications], n_strangers: int) -> str:
    first = next(iter(by_condition.values()))
    n_searched = first.llrs.shape[1] + n_strangers
    text = (
        f"\nShare of attempts, in %, whose own speaker is among the first of a search by "
        f"voiceprint among {n_searched} speakers:\n\n"
    )
    shortlists = [k for k in SHORTLISTS if k < n_searched]
    rows = [
        (condition, *(f"{100 * recall(found, k):.2f}" for k in shortlists))
        for condition, found in by_condition.items()
    ]
    return text + table(("condition", *(f"first {k}" for k in shortlists)), rows)
