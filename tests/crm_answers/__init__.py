"""What CRMs say of an import, made by their makers' documentation alone: nothing here knows how closedwon reads it.

Each file takes rows as they were sent, and which of them are refused, and gives what the CRM would give back.
"""
