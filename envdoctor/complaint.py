"""What went wrong that its user can mend: which sentence, and the words that fill it?"""

from typing import Any


class Complaint(Exception):
    """A user's mistake: one clear sentence, exit code 2, never a traceback.

    The sentence is `<area>.<why>` in texts/, filled with `words`.
    """

    area = "cli"

    def __init__(self, why: str, **words: Any) -> None:
        super().__init__(why + (" " + repr(words) if words else ""))
        self.why = why
        self.words = words
