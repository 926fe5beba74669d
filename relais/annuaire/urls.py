"""Addresses of login and of one's account. Sign-up and reset by mail do not exist."""

from django.urls import path

from relais.annuaire import views

FACTEURS = "compte/second-facteur/"
urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("compte/affectation/", views.changer_d_affectation, name="affectation"),
    # Names that allauth knows its own pages by.
    path("compte/connexion/", views.connexion, name="account_login"),
    path("compte/ferme/", views.inactif, name="account_inactive"),
    path("compte/deconnexion/", views.deconnexion, name="account_logout"),
    path("compte/confirmer/", views.confirmer, name="account_reauthenticate"),
    path("compte/mot-de-passe/", views.mot_de_passe, name="account_change_password"),
    path("compte/", views.compte, name="mfa_list_webauthn"),
    path("compte/", views.compte, name="mfa_index"),
    path(FACTEURS, views.second_facteur, name="mfa_authenticate"),
    path(f"{FACTEURS}confirmer/", views.confirmer_par_code, name="mfa_reauthenticate"),
    path(f"{FACTEURS}application/", views.activer_application, name="mfa_activate_totp"),
    path(f"{FACTEURS}application/retirer/", views.retirer_application, name="mfa_deactivate_totp"),
    path(f"{FACTEURS}codes/", views.voir_codes, name="mfa_view_recovery_codes"),
    path(f"{FACTEURS}codes/nouveaux/", views.nouveaux_codes, name="mfa_generate_recovery_codes"),
    path(f"{FACTEURS}cles/ajouter/", views.ajouter_cle, name="mfa_add_webauthn"),
    path(f"{FACTEURS}cles/connexion/", views.connexion_par_cle, name="mfa_login_webauthn"),
    path(f"{FACTEURS}cles/confirmer/", views.confirmer_par_cle, name="mfa_reauthenticate_webauthn"),
    path(f"{FACTEURS}cles/<int:pk>/retirer/", views.retirer_cle, name="mfa_remove_webauthn"),
]
