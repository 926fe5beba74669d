from django.apps import AppConfig


class AnnuaireConfig(AppConfig):
    name = "relais.annuaire"
    verbose_name = "Annuaire"
