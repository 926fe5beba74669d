"""Addresses of the DPO of each party. Each has its line in docs/droits.md."""

from django.urls import path

from relais.rgpd.views import effacements, journal, preuve, retenues

app_name = "rgpd"
urlpatterns = [
    path("journal/", journal.journal, name="journal"),
    path("journal/ressort/", journal.ce_qui_ressort, name="ressort"),
    path("journal/preuve/", preuve.preuve, name="preuve"),
    path("journal/verificateur.py", preuve.verificateur, name="verificateur"),
    path("effacements/", effacements.effacements, name="effacements"),
    path("effacements/certificats/", effacements.certificats, name="certificats"),
    path("effacements/bordereau/", effacements.bordereau, name="bordereau"),
    path("effacements/durees/", effacements.durees, name="durees"),
    path("retenues/", retenues.retenues, name="retenues"),
    path("retenues/poser/", retenues.poser, name="poser"),
    path("retenues/<int:retenue>/lever/", retenues.lever, name="lever"),
]
