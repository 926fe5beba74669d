"""An act that is refused is told to its person by an error message: the log keeps that it was."""

import logging

from django.contrib.messages import ERROR
from django.contrib.messages.storage.session import SessionStorage

journal = logging.getLogger(__name__)


class MessagesDeLaSession(SessionStorage):
    """Django's, which a redirection follows: nothing else would show that the act was refused.

    The line has the page and who (config.journaux), no word of what was typed nor answered.
    """

    def add(self, level: int, message: str, extra_tags: str | None = "") -> None:
        super().add(level, message, extra_tags)
        if level >= ERROR:
            journal.warning("refus", extra={"request": self.request, "status_code": "refus"})
