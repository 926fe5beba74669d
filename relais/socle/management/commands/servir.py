"""`relais servir`: the web server, once everything that must hold does."""

from typing import Any

from django.core.management.base import BaseCommand
from gunicorn.app.base import BaseApplication

from config import environnement as env
from config.journaux import JOURNAUX
from relais.socle import presence
from relais.socle.demarrage import verifier_tout

ECOUTE = "127.0.0.1:8000"
PROCESSUS = 2
FILS = 8


class Command(BaseCommand):
    help = "Sert les pages, sur l’adresse RELAIS_ECOUTE."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        presence.servir()
        verifier_tout()
        ServeurWeb().run()


class ServeurWeb(BaseApplication):
    """gunicorn with threads: each process loads the program before it is forked."""

    def load_config(self) -> None:
        for cle, valeur in reglages().items():
            self.cfg.set(cle, valeur)

    def load(self) -> Any:
        from config.wsgi import application

        return application


def reglages() -> dict[str, Any]:
    """gunicorn's settings; what varies comes from the environment (docs/exploitation.md)."""
    return {
        "bind": env.texte("ECOUTE", ECOUTE),
        "worker_class": "gthread",
        "workers": env.entier("WEB_PROCESSUS", PROCESSUS),
        "threads": env.entier("WEB_FILS", FILS),
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 5,
        # Nobody may say that a request came by TLS but the proxy that is declared.
        "forwarded_allow_ips": env.texte("PROXY_ADRESSES", "127.0.0.1,::1")
        if env.vrai("DERRIERE_UN_PROXY")
        else "",
        "control_socket_disable": True,
        "proc_name": "relais-web",
        # No access log: addresses of pages bear references. Errors as JSON lines.
        "accesslog": None,
        "logconfig_dict": JOURNAUX
        | {
            "loggers": JOURNAUX["loggers"]
            | {
                "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
                "gunicorn.access": {"handlers": [], "level": "ERROR", "propagate": False},
            }
        },
    }
