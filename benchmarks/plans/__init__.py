"""What the study of plans consists of: past plans, their figures, and those of real data."""
