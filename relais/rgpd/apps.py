from django.apps import AppConfig


class RgpdConfig(AppConfig):
    name = "relais.rgpd"
    verbose_name = "Conservation et effacement"
