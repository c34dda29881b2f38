"""All tables at once, for who makes them: migrations, and databases of tests."""

from sqlmodel import SQLModel

from knowledge_base.store import (  # noqa: F401  (importing them is what puts them there)
    account_tables,
    backend_tables,
    demand_tables,
    draft_tables,
    keep_tables,
    learnt_tables,
    message_tables,
    question_tables,
    queue_tables,
    recluster_tables,
    rule_tables,
    solution_tables,
    solution_work_tables,
    tables,
    term_tables,
    watch_tables,
    wildcard_tables,
    window_tables,
)

METADATA = SQLModel.metadata
