"""The accuracy page: every system on every set in every condition, as Markdown and plots."""

from collections.abc import Mapping
from pathlib import Path

from cepstra.evaluation import plots, report
from cepstra.evaluation.corpora import ALL_CORPORA, CONDITIONS
from cepstra.evaluation.runner import TrialScores
from cepstra.evaluation.summary import Summary, summarise
from cepstra.whole_files import write_whole

INTRODUCTION = """# Accuracy

Attempts of three spoken digits, enrolled as recorded and tested as recorded (clean) or as another
device would have heard them (laptop, phone, cafe). One threshold for all speakers. Made by

```
{command}
```

with the trials of `../shared/protocol`; no speaker here took part in any training.

"""

EXPLANATION = """
EER: where false accepts and false rejects are equally frequent. minDCF: the lowest cost when one
attempt in a hundred is the speaker's own. FAR and FRR: at the threshold the service ships. Cllr:
the cost of the log-likelihood ratios in bits, 0 is perfect and 1 is no better than silence; left
out where a system's score is not a log-likelihood ratio, for which min Cllr, after the best
calibration, still tells how well it separates. Intervals are 95%, by resampling speakers.

`fusion` is what the service runs: `gmm-ubm`, the mixtures, `campplus`, a large network taught to
hear cepstra, and `tdnn`, a small one taught by it, under one calibration. `crnn-attention`,
`cnn-lstm` and `dense-stats` are small networks trained on the background alone, for comparison.
`campplus-sound` is CAM++ as its makers taught it, 28 MB, from the sound itself, which here never
leaves the browser: one embedding of all that was enrolled against one of the attempt, without
cohort or calibration, so it has no threshold (`make teacher` provides it).

`classic` is the classic demo's rule on its own front end (44.1 kHz, frames of 512 samples side by
side, no gain, no pre-emphasis, 13 coefficients of which c0 is dropped);
`classic-meyda-16k-1` is the same rule on this page's front end. The classic demo takes no
decision; for FAR and FRR an attempt counts as accepted when its result is at least 74.13%, ten
points below what normally distributed reference frames give.

An earlier implementation of the classic rule was reported at 25.6% (Speech Commands, clean), 30, 39
and 40% (laptop, phone, cafe) and 11.3% (FSDD, clean). This one follows the definition above to the
letter, its front end agrees with Meyda, and it does not reproduce those figures: where the tables
show it weaker, read the gap between `classic` and the other systems with that in mind.

In the first two corpora every speaker was recorded in one sitting on one device, so the clean
figures are flattered by the channel; the other conditions are simulated. The others are real: the
same people in another telephone call, or minutes, hours and days later.

The recordings can be had for free:
[Speech Commands](https://arxiv.org/abs/1804.03209), version 2 (CC BY 4.0),
[FSDD](https://github.com/Jakobovski/free-spoken-digit-dataset) and
[WUW-II](https://github.com/wake-up-word/wuw-corpus-ii) (both CC BY-SA 4.0),
[DSPSpeech-20](https://github.com/zhongyuchen/DSPSpeech-20) (MIT); models are trained and
calibrated on others of the first and of [LibriSpeech](https://www.openslr.org/12) (CC BY 4.0),
[AN4](http://www.speech.cs.cmu.edu/databases/an4/) (free with its notice),
[speechocean762](https://www.openslr.org/101) (free) and WUW-II. Commands look for them as
CORPUS/background/SPEAKER/*.flac and CORPUS/dev/SPEAKER/*.flac, digits as DIGIT_SPEAKER_TAKE.flac.
"""

Results = Mapping[str, Mapping[str, Mapping[str, TrialScores]]]
Summaries = Mapping[str, Mapping[str, Mapping[str, Summary]]]


def write_page(
    results: Results,
    by_enrolled: Mapping[str, Mapping[int, TrialScores]],
    command: str,
    path: Path,
) -> None:
    """Write the page and, in the folder `images` beside it, one DET figure a corpus.

    Args:
        results: corpus name -> condition -> system -> scores.
        by_enrolled: corpus name -> number of enrolled digits -> scores of the default system,
            clean.
        command: what makes this page, shown on it.
        path: the Markdown file.
    """
    summaries = {
        corpus: {
            condition: {system: summarise(scores) for system, scores in by_system.items()}
            for condition, by_system in by_condition.items()
        }
        for corpus, by_condition in results.items()
    }
    parts = [INTRODUCTION.format(command=command), _overview(summaries), EXPLANATION]
    parts.append(_amounts(by_enrolled))
    for corpus in ALL_CORPORA:
        if corpus.name not in results:
            continue
        image = f"images/det-{corpus.name.replace('_', '-')}.png"
        plots.save(plots.det_figure(results[corpus.name]), path.parent / image)
        parts.append(f"\n## {corpus.heading}\n\n![DET curves of {corpus.heading}]({image})\n")
        for condition, by_system in summaries[corpus.name].items():
            parts.append(f"\n### {condition}\n\n{report.markdown_table(by_system, is_full=False)}")
    write_whole(path, "".join(parts))


def _overview(summaries: Summaries) -> str:
    """EER of every system in every condition, one table for all corpora."""
    lines = []
    for corpus, by_condition in summaries.items():
        for system in next(iter(by_condition.values())):
            known = [by_condition.get(condition) for condition in CONDITIONS]
            rates = [f"{figures[system]['eer']:.2f}" if figures else "" for figures in known]
            lines.append([f"{corpus}, `{system}`", *rates])
    return report.table(["EER %", *CONDITIONS], lines)


def _amounts(by_enrolled: Mapping[str, Mapping[int, TrialScores]]) -> str:
    """FAR and FRR of the default system by how much was enrolled."""
    lines = []
    for corpus, by_amount in by_enrolled.items():
        for n_digits, scores in by_amount.items():
            figures = summarise(scores)
            rates = [f"{figures[name]:.2f}" for name in ("eer", "far", "frr")]
            lines.append([corpus, str(n_digits), *rates])
    headings = "clean", "digits enrolled", "EER %", "FAR %", "FRR %"
    return f"\n## By what was enrolled\n\n{report.table(headings, lines)}"
