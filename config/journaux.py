"""JSON logs on standard error: one line an event, no form value, no local variable."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any


class LigneJson(logging.Formatter):
    """A record as one JSON line. A traceback keeps files, lines and type: never the message.

    The message of an exception may quote what somebody typed (a NIR in a ValueError).
    """

    def format(self, record: logging.LogRecord) -> str:
        ligne: dict[str, object] = {
            "quand": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "niveau": record.levelname,
            "source": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            ligne["exception"] = record.exc_info[0].__name__
            ligne["trace"] = [
                f"{cadre.filename.rsplit('/', 1)[-1]}:{cadre.lineno} {cadre.name}"
                for cadre in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(ligne, ensure_ascii=False)


JOURNAUX: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": LigneJson}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "procrastinate": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # It says hello at each start.
        "pikepdf": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
