"""A wire-exact simulator of WhatsApp's Cloud API, with people behind the phone numbers.

Theory of operation.  It is an independent program: it knows nothing of Clarion's adapter, store or engine, so
that a misreading of the platform cannot be made twice and cancel out.  A request goes through ``server`` (bytes)
and ``routes`` (which call), a send through ``sends`` (accepted or refused); what is accepted stands on the
``ledger``, the ground truth of every exactly-once test, and lives on through ``fates`` (when what happens) and
``webhooks`` (telling it).  ``control`` is the API for whoever directs the play, under ``/_sim``.
"""

from __future__ import annotations

from clarion.channels.simulator.faults import FaultKind, FaultRule
from clarion.channels.simulator.sample import SAMPLE_TEMPLATES
from clarion.channels.simulator.settings import (
    AnswerSettings,
    PeopleSettings,
    RateSettings,
    SettingsError,
    SimulatorSettings,
    Spread,
    TimingSettings,
    WebhookSettings,
)
from clarion.channels.simulator.simulator import Simulator

__all__ = [
    "SAMPLE_TEMPLATES",
    "AnswerSettings",
    "FaultKind",
    "FaultRule",
    "PeopleSettings",
    "RateSettings",
    "SettingsError",
    "Simulator",
    "SimulatorSettings",
    "Spread",
    "TimingSettings",
    "WebhookSettings",
]
