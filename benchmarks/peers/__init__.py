"""Peers whose packages are not in the locks, each in an environment of its own."""
