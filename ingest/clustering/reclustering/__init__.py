"""Clustering a whole project anew under what people said, compared with what is."""

from ingest.clustering.reclustering.applying import Applied, apply_plan
from ingest.clustering.reclustering.planning import Reclustering, plan_reclustering

__all__ = ["Applied", "Reclustering", "apply_plan", "plan_reclustering"]
