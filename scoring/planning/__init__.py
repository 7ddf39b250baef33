"""The period ahead: how many still come, when those who come win, and how sure the sum is."""
