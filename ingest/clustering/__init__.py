"""Incremental clustering: new templates of a window with the representatives that are near."""

from ingest.clustering.clusterer import Clusterer, WindowResult
from ingest.clustering.loop import ClusterLoop

__all__ = ["ClusterLoop", "Clusterer", "WindowResult"]
