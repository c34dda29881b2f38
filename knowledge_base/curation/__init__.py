"""What people do to categories; every act is kept with what is needed to take it back."""

from knowledge_base.curation.acts import Done
from knowledge_base.curation.labels import ignore, label
from knowledge_base.curation.learning import confirm, pick, reject
from knowledge_base.curation.moves import merge, split
from knowledge_base.curation.moving import move
from knowledge_base.curation.proposals import accept, dismiss
from knowledge_base.curation.publishing import discard, draft, publish, unpublish
from knowledge_base.curation.remedies import attach, detach, link
from knowledge_base.curation.undoing import undo

__all__ = [
    "Done",
    "accept",
    "attach",
    "confirm",
    "detach",
    "discard",
    "dismiss",
    "draft",
    "ignore",
    "label",
    "link",
    "merge",
    "move",
    "pick",
    "publish",
    "reject",
    "split",
    "undo",
    "unpublish",
]
