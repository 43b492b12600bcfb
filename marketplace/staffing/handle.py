"""The mean handle time of a queue, measured while contacts are still running."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.staffing.checks import FloatArray

PRIOR_CONTACTS = 10.0
"""A queue's own figure counts as much as so many measured contacts."""

LONGEST_SECONDS = 4 * 3600
"""Whoever seems busy for longer was forgotten by the switch, which tells nothing of handle times."""


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """Contacts that were answered and have not ended at each queue, and their seconds so far."""

    contacts: FloatArray
    seconds: FloatArray


def mean_handle_seconds(*, own: FloatArray, total: FloatArray, answered: FloatArray, running: Running) -> FloatArray:
    """The mean handle time: all time spent, that of contacts still running too, ÷ contacts ended.

    That is the estimator for censored times (exact for exponential ones). The mean of the ended alone is far too low
    while a queue fills up: the short ones end first.
    """
    ended = np.maximum(answered - running.contacts, 0.0)
    return (own * PRIOR_CONTACTS + total + running.seconds) / (PRIOR_CONTACTS + ended)
