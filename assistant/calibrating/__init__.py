"""Thresholds from what people said: judged questions are asked again, and the lowest that is right enough is chosen."""

from assistant.calibrating.asking import Ask, Told, Untaught
from assistant.calibrating.calibration import Calibration, Changed, calibrate
from assistant.calibrating.replaying import Replay, Replayed, count_cases, replay

__all__ = [
    "Ask",
    "Calibration",
    "Changed",
    "Replay",
    "Replayed",
    "Told",
    "Untaught",
    "calibrate",
    "count_cases",
    "replay",
]
