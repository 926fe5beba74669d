from django.apps import AppConfig


class FichesConfig(AppConfig):
    name = "relais.fiches"
    verbose_name = "Fiches de liaison"
