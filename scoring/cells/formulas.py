"""The signs that make a spreadsheet read a text as a formula: one list, for whatever is written for people or a CRM."""

#: The signs, with their full-width forms and what a spreadsheet skips before them.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

#: The regular expression of a text that begins with one of them, as all engines read it.
PATTERN = "^[" + "".join(f"\\x{{{ord(sign):04x}}}" for sign in SIGNS) + "]"
