"""What one correction or other rules would change: lines and answers. Nothing is written."""

from assistant.what_if.acts import Act, Adopt, Apart, Dismiss, Keep, Label, Merge, Move, Rules, Split
from assistant.what_if.replaying import WhatIf, what_if

__all__ = ["Act", "Adopt", "Apart", "Dismiss", "Keep", "Label", "Merge", "Move", "Rules", "Split", "WhatIf", "what_if"]
