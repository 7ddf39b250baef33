"""Pipedrive: how it lays out its exports. closedwon writes no files for its import."""
