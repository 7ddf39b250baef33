"""Whom to call this week: triggers, what they went along with before, who rests, and whose list a name is on."""
