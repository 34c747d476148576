"""The card of a network that was trained on recordings of one's own."""

from __future__ import annotations

from collections.abc import Mapping

from cepstra.frontend import page_definition


def card(name: str, family: str, command: str, figures: Mapping[str, float]) -> str:
    """Return the card as Markdown; it names nobody.

    Args:
        name: of the network.
        family: its kind.
        command: that trained it.
        figures: by name, as `own_network.train_own` returns them.
    """
    n_speakers, n_held_out = figures["training speakers"], figures["held-out speakers"]
    speech_s, judged_s = figures["training speech, s"], figures["held-out speech, s"]
    rows = "\n".join(f"| {key} | {told(key, value)} |" for key, value in figures.items())
    return f"""# Model card: {name}

A network of the family `{family}`, trained on a folder of recordings. Its cosines are calibrated to
log-likelihood ratios.

**Made by** `{command}`

**Data.** {n_speakers:.0f} speakers, {speech_s:.0f} s of their speech, at three speeds and on
simulated devices; the recordings that told when to stop are among them. {n_held_out:.0f} more
speakers, {judged_s:.0f} s, trained nothing: they chose the rule of comparison, fitted the
calibration, and have the error rates below.

**Front end.** `{page_definition().id}`. No other.

**Limits.** Few speakers make a weak network and a rough threshold: measure both on others, with
`cepstra evaluate FOLDER --model`, before anything depends on them.

| figure | value |
|---|---:|
{rows}
"""


def told(name: str, value: float) -> str:
    """Return a figure as it is shown, error rates in percent."""
    if name.startswith("eer"):
        return f"{value:.2f}%"
    return f"{value:.2f}" if value % 1 else f"{value:.0f}"
