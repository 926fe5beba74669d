"""Addresses of login and of one's account. Sign-up and reset by mail do not exist."""

from allauth.account import views as compte
from django.urls import include, path

from relais.annuaire import views

urlpatterns = [
    path("", views.accueil, name="accueil"),
    path("compte/connexion/", compte.login, name="account_login"),
    path("compte/deconnexion/", compte.logout, name="account_logout"),
    path("compte/verifier/", compte.reauthenticate, name="account_reauthenticate"),
    path("compte/mot-de-passe/", compte.password_change, name="account_change_password"),
    path("compte/inactif/", compte.account_inactive, name="account_inactive"),
    path("compte/facteurs/", include("allauth.mfa.urls")),
]
