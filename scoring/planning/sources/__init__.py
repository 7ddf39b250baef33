"""What each source brings: cohorts, the alarm on them, and why revenue was not what was planned."""
