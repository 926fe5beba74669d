"""Root addresses: wiring only."""

from django.urls import include, path

from relais.socle import courriels_attrapes, galerie, sante

urlpatterns = [
    path("sante/vivant", sante.vivant, name="vivant"),
    path("sante/pret", sante.pret, name="pret"),
    path("demonstration/courriels/", courriels_attrapes.courriels, name="courriels"),
    path("demonstration/galerie/<slug:page>/", galerie.galerie, name="galerie"),
    path("", include("relais.annuaire.urls")),
    path("", include("relais.fiches.urls")),
]
handler400 = "relais.socle.panne.demande_illisible"
handler500 = "relais.socle.panne.erreur_interne"
