"""A B2B market whose truth is known: what the rest of closedwon is measured against."""

from scoring.simulator.market import Market, chunks, part, parts, simulate
from scoring.simulator.parameters import Parameters

__all__ = ["Market", "Parameters", "chunks", "part", "parts", "simulate"]
