"""Redaction: what a message, a log or a file of ours must not repeat of a person.

A message for the terminal may show an example of a bad row. What is logged, kept or passed on is the redacted text.
"""

from __future__ import annotations

from scoring.persons.written import hidden

#: What an example of somebody's row is replaced by.
HIDDEN_EXAMPLE = "(left out)"


class Message(str):
    """A message that shows an example of somebody's row, which its redacted form leaves out.

    Attributes
    ----------
    redacted : str
        The same message without the example.

    Examples
    --------
    >>> message = Message.with_example("set aside: leads, unparsable_created_at (2), such as", "lead_id is 'L7'")
    >>> message
    "set aside: leads, unparsable_created_at (2), such as lead_id is 'L7'"
    >>> message.redacted
    'set aside: leads, unparsable_created_at (2), such as (left out)'
    """

    redacted: str

    @classmethod
    def with_example(cls, text: str, example: str) -> Message:
        """A text, and an example after it.

        Parameters
        ----------
        text : str
            The message up to the example.
        example : str
            Cells of a row of the export.
        """
        message = cls(f"{text} {example}")
        message.redacted = f"{text} {HIDDEN_EXAMPLE}"
        return message


def indented(text: str) -> str:
    """A text two blanks to the right; a `Message` stays one.

    >>> indented(Message.with_example("set aside, such as", "lead_id is 'L7'")).redacted
    '  set aside, such as (left out)'
    """
    moved = f"  {text}"
    if isinstance(text, Message):
        message = Message(moved)
        message.redacted = f"  {text.redacted}"
        return message
    return moved


def redacted(text: str) -> str:
    """A text without what may be a person's: see `scoring.persons`; and without the example that a `Message` carries.

    >>> redacted("no answer for ada@x.example, a lead")
    'no answer for (e-mail), a lead'
    """
    return hidden(text.redacted if isinstance(text, Message) else text)
