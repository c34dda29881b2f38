"""What ``kea`` imports and reads from its package, in commands or inside their functions; to be imported before a fork.

Nothing here starts a thread, opens a database or reads a setting.
"""

import alembic.command
import faiss
import sklearn.cluster
import sqlalchemy.dialects.sqlite

import assistant.answering
import ingest.clustering
import ingest.pipeline
import knowledge_base.curation
import knowledge_base.exchange
import knowledge_base.knowledge
import web.cli.commands
from knowledge_base.embedding.worded import packaged_reader
from knowledge_base.features.cleaning import cleaned
from knowledge_base.matching.ranking import match_model
from knowledge_base.pairs.model import pair_model

__all__ = ["alembic", "assistant", "faiss", "ingest", "knowledge_base", "sklearn", "sqlalchemy", "web"]

packaged_reader()
match_model()
pair_model()
cleaned("数据表不存在")
