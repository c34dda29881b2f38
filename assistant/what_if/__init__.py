"""What one correction or other rules would change: lines and answers. Nothing is written."""

from assistant.what_if.acts import Act, Adopt, Apart, Dismiss, Keep, Label, Merge, Move, Rules, Split
from assistant.what_if.moving import Moves, what_moves
from assistant.what_if.replaying import ChangedAnswers, WhatIf, what_if

__all__ = [
    "Act",
    "Adopt",
    "Apart",
    "ChangedAnswers",
    "Dismiss",
    "Keep",
    "Label",
    "Merge",
    "Move",
    "Moves",
    "Rules",
    "Split",
    "WhatIf",
    "what_if",
    "what_moves",
]
