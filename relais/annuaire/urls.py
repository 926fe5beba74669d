"""Addresses of login and of one's account. Sign-up and reset by mail do not exist."""

from django.urls import include, path

from relais.annuaire.views import (
    accueil,
    comptes,
    connexion,
    equipes,
    imports,
    liens,
    revue,
    roles,
    seances,
)

FACTEURS = "compte/second-facteur/"
COMPTES = [
    path("", comptes.liste, name="liste"),
    path("inviter/", comptes.inviter, name="inviter"),
    path("a-approuver/", roles.a_approuver, name="a_approuver"),
    path("roles/<int:role>/ecarter/", roles.refuser, name="refuser"),
    path("roles/<int:role>/retirer/", roles.retirer, name="retirer"),
    path("revue/", revue.revue, name="revue"),
    path("equipes/", equipes.liste, name="equipes"),
    path("equipes/<int:equipe>/", equipes.voir, name="equipe"),
    path("equipes/<int:equipe>/fermer/", equipes.fermer, name="fermer_equipe"),
    path("importer/", imports.importer, name="importer"),
    path("importer/modele.csv", imports.modele, name="modele"),
    path("importer/confirmer/", imports.confirmer, name="confirmer"),
    path("<int:compte>/", comptes.voir, name="voir"),
    path("<int:compte>/corriger/", comptes.corriger, name="corriger"),
    path("<int:compte>/relancer/", comptes.relancer, name="relancer"),
    path("<int:compte>/annuler/", comptes.annuler, name="annuler"),
    path("<int:compte>/lien/", comptes.envoyer_un_lien, name="lien"),
    path("<int:compte>/role/", roles.proposer, name="proposer"),
    path("<int:compte>/facteurs/", comptes.geste, {"quoi": "facteurs"}, name="facteurs"),
    path("<int:compte>/desactiver/", comptes.geste, {"quoi": "desactiver"}, name="desactiver"),
    path("<int:compte>/reactiver/", comptes.geste, {"quoi": "reactiver"}, name="reactiver"),
]
urlpatterns = [
    path("comptes/", include((COMPTES, "comptes"))),
    path("compte/seance/", seances.ouverte, name="seance_ouverte"),
    path("compte/seances/", seances.siennes, name="seances"),
    path("compte/lien/", liens.choisir, name="lien"),
    path("compte/lien/<uuid:numero>/<str:jeton>/", liens.recu, name="lien_recu"),
    path("", accueil.accueil, name="accueil"),
    path("compte/affectation/", accueil.changer_d_affectation, name="affectation"),
    # Names that allauth knows its own pages by.
    path("compte/connexion/", connexion.connexion, name="account_login"),
    path("compte/ferme/", connexion.inactif, name="account_inactive"),
    path("compte/deconnexion/", connexion.deconnexion, name="account_logout"),
    path("compte/confirmer/", connexion.confirmer, name="account_reauthenticate"),
    path("compte/mot-de-passe/", connexion.mot_de_passe, name="account_change_password"),
    path("compte/", connexion.compte, name="mfa_list_webauthn"),
    path("compte/", connexion.compte, name="mfa_index"),
    path(FACTEURS, connexion.second_facteur, name="mfa_authenticate"),
    path(f"{FACTEURS}confirmer/", connexion.confirmer_par_code, name="mfa_reauthenticate"),
    path(f"{FACTEURS}application/", connexion.activer_application, name="mfa_activate_totp"),
    path(
        f"{FACTEURS}application/retirer/", connexion.retirer_application, name="mfa_deactivate_totp"
    ),
    path(f"{FACTEURS}codes/", connexion.codes, name="codes_imprimes"),
    path(f"{FACTEURS}cles/ajouter/", connexion.ajouter_cle, name="mfa_add_webauthn"),
    path(f"{FACTEURS}cles/connexion/", connexion.connexion_par_cle, name="mfa_login_webauthn"),
    path(
        f"{FACTEURS}cles/confirmer/",
        connexion.confirmer_par_cle,
        name="mfa_reauthenticate_webauthn",
    ),
    path(f"{FACTEURS}cles/<int:pk>/retirer/", connexion.retirer_cle, name="mfa_remove_webauthn"),
]
