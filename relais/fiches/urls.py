"""Addresses of the fiches. Each has its line in docs/droits.md."""

from django.urls import path

from relais.fiches.views import aide, ecriture, envoi, lecture, reponse, suivi

app_name = "fiches"
FICHE = "fiches/<str:reference>/"
urlpatterns = [
    path("fiches/", lecture.mes_fiches, name="mes_fiches"),
    path("fiches/nouvelle/", ecriture.nouvelle, name="nouvelle"),
    path("fiches/numero/", ecriture.verifier_nir, name="verifier_nir"),
    path(FICHE, lecture.voir, name="voir"),
    path(f"{FICHE}ecrire/", ecriture.ecrire, name="ecrire"),
    path(f"{FICHE}brouillon/", ecriture.enregistrer, name="enregistrer"),
    path(f"{FICHE}resigner/", ecriture.resigner, name="resigner"),
    path(f"{FICHE}supprimer/", ecriture.supprimer, name="supprimer"),
    path(f"{FICHE}apercu.pdf", lecture.apercu, name="apercu"),
    path(f"{FICHE}envoyer/", envoi.envoyer, name="envoyer"),
    path(f"{FICHE}rapprocher/", envoi.rapprocher, name="rapprocher"),
    path(f"{FICHE}rappeler/", envoi.rappeler, name="rappeler"),
    path(f"{FICHE}retirer/", envoi.retirer, name="retirer"),
    path(f"{FICHE}reprendre/", envoi.reprendre, name="reprendre"),
    path(f"{FICHE}clore/", envoi.clore, name="clore"),
    path(f"{FICHE}numero/", lecture.numero, name="numero"),
    path(f"{FICHE}demande.pdf", lecture.demande_pdf, name="demande_pdf"),
    path(f"{FICHE}page-signee/", lecture.page_signee, name="page_signee"),
    path(f"{FICHE}reponse.pdf", lecture.reponse_pdf, name="reponse_pdf"),
    path(f"{FICHE}feuille.pdf", lecture.feuille, name="feuille"),
    path("corbeille/", lecture.corbeille, name="corbeille"),
    path("corbeille/suivante/", reponse.prendre_la_suivante, name="prendre_la_suivante"),
    path(f"{FICHE}prendre-en-charge/", reponse.prendre_en_charge, name="prendre_en_charge"),
    path(f"{FICHE}repondre/", reponse.repondre, name="repondre"),
    path("suivi/", suivi.suivi, name="suivi"),
    path("signaler/", suivi.signaler, name="signaler"),
    path("aide/donnees-personnelles/", aide.donnees_personnelles, name="donnees_personnelles"),
    path("aide/accessibilite/", aide.accessibilite, name="accessibilite"),
]
