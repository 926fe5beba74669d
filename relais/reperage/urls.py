"""Addresses of the caseload. Each has its line in docs/droits.md."""

from django.urls import path

from relais.reperage.views import (
    attributions,
    corrections,
    exports,
    fiches,
    imports,
    listes,
    objectif,
    personne,
    recherche,
    sorties,
)

app_name = "reperage"
PERSONNE = "reperage/personnes/<uuid:numero>/"
IMPORT = "reperage/imports/<uuid:numero>/"
urlpatterns = [
    path("reperage/", listes.liste, name="liste"),
    path("reperage/rechercher/", recherche.rechercher, name="rechercher"),
    path("reperage/confier/", attributions.confier, name="confier"),
    path("reperage/exporter/", exports.exporter, name="exporter"),
    path("reperage/exports/<uuid:numero>/", exports.prendre, name="prendre_export"),
    path("reperage/imprimer/", exports.imprimer, name="imprimer"),
    path("reperage/importer/", imports.importer, name="importer"),
    path(IMPORT, imports.voir, name="import"),
    path(f"{IMPORT}avancement/", imports.avancement, name="avancement"),
    path(f"{IMPORT}relire/", imports.relire, name="relire"),
    path(f"{IMPORT}confirmer/", imports.confirmer, name="confirmer"),
    path(f"{IMPORT}annuler/", imports.annuler, name="annuler"),
    path(f"{IMPORT}erreurs.csv", imports.telecharger_les_erreurs, name="erreurs"),
    path("reperage/objectifs/", objectif.compter, name="objectifs"),
    path(PERSONNE, personne.voir, name="personne"),
    path(f"{PERSONNE}contacts/", personne.noter, name="noter"),
    path(f"{PERSONNE}desaccord/", personne.decider, name="decider"),
    path(f"{PERSONNE}coordonnees/", corrections.corriger, name="corriger"),
    path(f"{PERSONNE}situation/", corrections.corriger_la_situation, name="situation"),
    path(f"{PERSONNE}fiche/", fiches.commencer, name="commencer"),
    path(f"{PERSONNE}objectif/", objectif.objectif, name="objectif"),
    path(f"{PERSONNE}objectif.pdf", objectif.encart, name="encart"),
    path(f"{PERSONNE}opposition/", sorties.opposer, name="opposer"),
    path(f"{PERSONNE}plus-concernee/", sorties.sortir, name="sortir"),
    path(f"{PERSONNE}territoire/", sorties.deplacer, name="deplacer"),
]
