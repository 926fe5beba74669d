"""Root addresses: wiring only."""

from django.urls import include, path

from relais.socle import courriels_attrapes, galerie, sante, signalement_de_faille

urlpatterns = [
    path("sante/vivant", sante.vivant, name="vivant"),
    path("sante/pret", sante.pret, name="pret"),
    path(".well-known/security.txt", signalement_de_faille.security_txt, name="security_txt"),
    path("demonstration/courriels/", courriels_attrapes.courriels, name="courriels"),
    path("demonstration/galerie/<slug:page>/", galerie.galerie, name="galerie"),
    path("", include("relais.annuaire.urls")),
    path("", include("relais.fiches.urls")),
    path("", include("relais.reperage.urls")),
    path("", include("relais.rgpd.urls")),
]
handler400 = "relais.socle.panne.demande_illisible"
handler404 = "relais.socle.panne.introuvable"
handler500 = "relais.socle.panne.erreur_interne"
