"""Customers of an export: how long they stay, what moves it, and what that is worth."""
