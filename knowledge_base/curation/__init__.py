"""What people do to categories; every act is kept with what is needed to take it back."""

from knowledge_base.curation.acts import Done
from knowledge_base.curation.assigning import assign, snooze
from knowledge_base.curation.basis import basis_of
from knowledge_base.curation.grouping.apart import keep_apart
from knowledge_base.curation.grouping.moves import merge, split
from knowledge_base.curation.grouping.moving import move
from knowledge_base.curation.grouping.proposals import accept, dismiss
from knowledge_base.curation.labels import ignore, label, label_all, name_of
from knowledge_base.curation.learning.learning import confirm, pick, reject
from knowledge_base.curation.solving.publishing import discard, draft, publish, unpublish
from knowledge_base.curation.solving.remedies import attach, detach, link
from knowledge_base.curation.undoing import undo

__all__ = [
    "Done",
    "accept",
    "assign",
    "attach",
    "basis_of",
    "confirm",
    "detach",
    "discard",
    "dismiss",
    "draft",
    "ignore",
    "keep_apart",
    "label",
    "label_all",
    "link",
    "merge",
    "move",
    "name_of",
    "pick",
    "publish",
    "reject",
    "snooze",
    "split",
    "undo",
    "unpublish",
]
