"""What looks like a person: in a cell, in the name of a column, and in the words of a column.

The intake asks here before anything is learned, kept, logged or shown (`pipelines.intake.persons`), and so does
whatever prints or logs (`pipelines.redaction`). What is decided is on the page docs/privacy.md.
"""
