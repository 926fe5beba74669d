"""JSON logs on standard error: one line an event, no form value, no local variable."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

# The token of a mailed link stands in a path, which the web server writes when it fails.
JETON = re.compile(r"(/compte/lien/)[^\s\"'?]+")


class LigneJson(logging.Formatter):
    """A record as one JSON line. A traceback keeps files, lines and type: never the message.

    The message of an exception may quote what somebody typed (a NIR in a ValueError), and so may
    the address of a page that does not exist: Django's own lines give the page's name instead.
    """

    def format(self, record: logging.LogRecord) -> str:
        ligne: dict[str, object] = {
            "quand": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "niveau": record.levelname,
            "source": record.name,
            "message": _de_la_demande(record) or JETON.sub(r"\1…", record.getMessage()),
        }
        if qui := _qui(record):
            ligne["agent"] = qui
        if record.exc_info and record.exc_info[0]:
            ligne["exception"] = record.exc_info[0].__name__
            ligne["trace"] = [
                f"{cadre.filename.rsplit('/', 1)[-1]}:{cadre.lineno} {cadre.name}"
                for cadre in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(ligne, ensure_ascii=False)


def _qui(record: logging.LogRecord) -> str:
    """The pseudonym of who asked, as the journal has it; empty for nobody known."""
    affectation = getattr(getattr(record, "request", None), "affectation", None)
    return str(affectation.agent.pseudonyme if affectation else getattr(record, "agent", ""))


def _de_la_demande(record: logging.LogRecord) -> str:
    """« 404 fiches:voir » for a line about a request; empty for any other one."""
    requete = getattr(record, "request", None)
    if requete is None:
        return ""
    page = getattr(getattr(requete, "resolver_match", None), "view_name", "") or "adresse inconnue"
    return f"{getattr(record, 'status_code', '')} {page}".strip()


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
