"""All tables at once, for who makes them: migrations, and databases of tests."""

from sqlmodel import SQLModel

from knowledge_base.store import tables  # noqa: F401  (importing them is what puts them there)
from knowledge_base.store.accounts import account_tables  # noqa: F401
from knowledge_base.store.asking import learnt_tables, question_tables  # noqa: F401
from knowledge_base.store.grouping import recluster_tables, wildcard_tables  # noqa: F401
from knowledge_base.store.intake import window_tables  # noqa: F401
from knowledge_base.store.messages import message_tables  # noqa: F401
from knowledge_base.store.rarity import term_tables  # noqa: F401
from knowledge_base.store.representing import backend_tables  # noqa: F401
from knowledge_base.store.rules import keep_tables, rule_tables  # noqa: F401
from knowledge_base.store.solving import draft_tables, solution_tables, solution_work_tables  # noqa: F401
from knowledge_base.store.wanted import demand_tables, queue_tables  # noqa: F401
from knowledge_base.store.watching import watch_tables  # noqa: F401

METADATA = SQLModel.metadata
