from django.apps import AppConfig
from django.core import checks


class CoffreConfig(AppConfig):
    name = "relais.coffre"
    verbose_name = "Coffre des clés"

    def ready(self) -> None:
        from relais.coffre.controle import controler

        checks.register(controler, checks.Tags.database)
