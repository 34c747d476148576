"""Fit a classifier in rounds until takes that it does not learn from are told no better.

After every round all that the next one needs is written to a checkpoint, without pickle: a fit
that was interrupted goes on to the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from cepstra.jobs.engine import Advance
from cepstra.training.networks.classification import (
    LARGEST_NORM,
    PEAK_RATE,
    WEIGHT_DECAY,
    Batches,
    Classifier,
)
from cepstra.whole_files import expected_whole, write_whole

AVERAGE_DECAY = 0.98
ROUNDS_BEFORE_HALVING = 3

Pairs = Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Rounds:
    """How long to fit.

    Attributes:
        steps: batches of a round.
        most: rounds at most.
        patience: rounds without a better loss that end the fit.
    """

    steps: int
    most: int
    patience: int


@dataclass
class Progress:
    """How far a fit is.

    Attributes:
        rounds: that were done.
        best_round: the one with the lowest loss, from 1; 0 before the first.
        best_loss: that loss, cross entropy in nats, of takes that are not learnt from.
        rate: of learning, in the next round.
    """

    rounds: int = 0
    best_round: int = 0
    best_loss: float = float("inf")
    rate: float = PEAK_RATE

    @property
    def stale(self) -> int:
        """Rounds since the best one."""
        return self.rounds - self.best_round

    def judge(self, loss: float) -> bool:
        """Count a round, halve the rate where it is time to, and tell whether it is the best."""
        self.rounds += 1
        if loss < self.best_loss:
            self.best_loss, self.best_round = loss, self.rounds
            return True
        if self.stale % ROUNDS_BEFORE_HALVING == 0:
            self.rate /= 2
        return False


class Fit:
    """A classifier with its optimiser, the average of its weights, and the best average so far."""

    def __init__(self, classifier: Classifier, device: torch.device) -> None:
        self.device = device
        self.classifier = classifier.to(device)
        self.progress = Progress()
        self._optimiser = torch.optim.AdamW(
            self.classifier.parameters(), lr=PEAK_RATE, weight_decay=WEIGHT_DECAY
        )
        self._average = AveragedModel(
            self.classifier, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE_DECAY), use_buffers=True
        )
        self._best = _copied(self._average.module)

    def round(self, batches: Batches, steps: int, report: Advance) -> None:
        """Learn from as many batches; in the first round the rate rises."""
        self.classifier.train()
        for step, (inputs, voices) in enumerate(islice(batches, steps)):
            rise = (step + 1) / steps if self.progress.rounds == 0 else 1.0
            self._optimiser.param_groups[0]["lr"] = rise * self.progress.rate
            embeddings = self.classifier.network(self._tensor(inputs))
            loss = self.classifier.head.loss(embeddings, self._tensor(voices))
            self._optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.classifier.parameters(), LARGEST_NORM)
            self._optimiser.step()
            self._average.update_parameters(self.classifier)
            report(1)

    def judge(self, held: Pairs) -> None:
        """Compare the average of the weights with the best one, by takes not learnt from."""
        if self.progress.judge(self._loss(held)):
            self._best = _copied(self._average.module)

    @torch.inference_mode()
    def _loss(self, held: Pairs) -> float:
        module = self._average.module.eval()
        losses = [
            functional.cross_entropy(module(self._tensor(inputs)), self._tensor(voices))
            for inputs, voices in held
        ]
        return float(torch.stack(losses).mean())

    def fitted(self) -> Classifier:
        """The best average, on the processor."""
        self.classifier.load_state_dict(self._best)
        return self.classifier.cpu().eval()

    def save(self, path: Path) -> None:
        """Write all that the next round needs; the file before is replaced as a whole."""
        state = self._optimiser.state_dict()["state"]
        tensors = {
            **_named("classifier", self.classifier.state_dict()),
            **_named("average", self._average.state_dict()),
            **_named("best", self._best),
            **{f"optimiser/{n}/{k}": v for n, values in state.items() for k, v in values.items()},
        }
        plain = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
        write_whole(path, save(plain, {"progress": json.dumps(asdict(self.progress))}))

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote.

        Raises:
            DamagedFileError: it is not as it was written, or of another classifier.
        """
        with expected_whole(path):
            self._load(path)

    def _load(self, path: Path) -> None:
        with safe_open(path, "pt") as file:
            self.progress = Progress(**json.loads(file.metadata()["progress"]))
        tensors = load_file(path)
        self.classifier.load_state_dict(_of("classifier", tensors))
        self._average.load_state_dict(_of("average", tensors))
        self._best = _of("best", tensors)
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _of("optimiser", tensors).items():
            number, _, key = name.partition("/")
            state.setdefault(int(number), {})[key] = tensor
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": state, "param_groups": groups})

    def _tensor(self, values: Any) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def fit(
    start: Fit,
    batches_of: Callable[[int], Batches],
    held: Pairs,
    rounds: Rounds,
    checkpoint: Path,
    report: Advance,
) -> Classifier:
    """Fit until the rounds are over or bring nothing more, and return the best average.

    Args:
        start: where to begin; a checkpoint that is there is read first.
        batches_of: the batches of a round, by its number from 0.
        held: inputs and voices that are not learnt from.
        rounds: how long.
        checkpoint: file that every round is written to.
        report: called with the number of batches done since the last call.

    Raises:
        DamagedFileError: the checkpoint is not as it was written.
    """
    if checkpoint.is_file():
        start.load(checkpoint)
        report(start.progress.rounds * rounds.steps)
    while start.progress.rounds < rounds.most and start.progress.stale < rounds.patience:
        start.round(batches_of(start.progress.rounds), rounds.steps, report)
        start.judge(held)
        start.save(checkpoint)
    return start.fitted()


def _copied(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def _named(part: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{part}/{name}": tensor for name, tensor in tensors.items()}


def _of(part: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    begin = f"{part}/"
    return {n.removeprefix(begin): tensor for n, tensor in tensors.items() if n.startswith(begin)}
