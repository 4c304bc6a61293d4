"""What went wrong that its user can mend: which sentence, and the words that fill it?"""

from typing import Any


class Complaint(Exception):
    """One clear sentence instead of a traceback: `<area>.<why>` in texts/, filled with `words`.

    status: the exit code; 2 for a user's mistake, 3 where the doctor cannot do its work.
    """

    area = "cli"
    status = 2

    def __init__(self, why: str, **words: Any) -> None:
        super().__init__(why + (" " + repr(words) if words else ""))
        self.why = why
        self.words = words
