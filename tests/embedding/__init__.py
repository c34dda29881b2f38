"""Tests of the embedders and of the export of their model."""
