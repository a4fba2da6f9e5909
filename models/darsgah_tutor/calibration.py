"""How sure the tutor's model may say it is: a logistic regression on tasks that were held out for it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from darsgah_tutor.model import Suspects

_STEPS = 200
_PULL = 0.01
"""Keeps the weights from growing where few examples part cleanly."""


def signs_of_right(said: Suspects) -> Tensor:
    """What speaks for a diagnosis: log-odds of its line and of knowing, log of its belief; (answers, 3)."""
    first = said.shares.amax(-1).clamp(1e-4, 1 - 1e-4)
    belief = said.misconceptions.float().log_softmax(-1).amax(-1).clamp(min=-8.0)
    return torch.stack([first.logit(), -said.unknown.float().clamp(-8.0, 8.0), belief], dim=-1)


def confidences(said: Suspects, calibration: Sequence[float]) -> Tensor:
    """The probability that line and misconception are right, by answer."""
    weights = torch.tensor(calibration, device=said.unknown.device)
    return (weights[0] + signs_of_right(said) @ weights[1:]).sigmoid()


def fitted(signs: Tensor, right: Tensor) -> list[float]:
    """Bias and weights for ``confidences``.

    Args:
        signs: (answers, 3).
        right: (answers), whether line and misconception were.
    """
    inputs, targets = signs.double(), right.double()
    weights = torch.zeros(1 + inputs.shape[1], dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        logits = weights[0] + inputs @ weights[1:]
        found = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
        found = found + _PULL * weights[1:].square().sum()
        found.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        return found

    search.step(loss)  # type: ignore[no-untyped-call] # torch leaves it untyped
    return [round(float(weight), 5) for weight in weights.detach()]
