from django.apps import AppConfig


class ReperageConfig(AppConfig):
    name = "relais.reperage"
    verbose_name = "Repérage"
