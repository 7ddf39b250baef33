"""Leads and accounts whose truth is known, and what each step of the matching finds of it."""
