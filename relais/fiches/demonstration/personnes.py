"""People who do not exist: surnames that say so, a country code nobody is born in, phone numbers
that the Arcep keeps for works of fiction, addresses under « .test »."""

from dataclasses import replace
from random import Random

from relais.fiches.contenu import Personne
from relais.regles import nir
from relais.regles.fiche import SansNir

NOMS = (
    "Exemple",
    "Fictif",
    "Modèle",
    "Démonstration",
    "Spécimen",
    "Échantillon",
    "Maquette",
    "Ébauche",
    "D'Essai",
    "Le Fictif",
    "Exemple-Modèle",
    "De l'Épreuve",
    "Canevas",
    "Postiche",
    "Inventé",
)
PRENOMS_FEMININS = (
    "Zoé",
    "Maëlle",
    "Anne-Françoise",
    "Yvonne",
    "Nolwenn",
    "Fatoumata",
    "Thérèse",
    "Rosa",
    "Irène",
    "Gaëlle",
    "Jacqueline",
    "Minh-Châu",
    "Soizic",
    "Odile",
    "Łucja",
)
PRENOMS_MASCULINS = (
    "Camille",
    "Yann",
    "Jean-Noël",
    "Mamadou",
    "André",
    "Loïc",
    "Joël",
    "Ángel",
    "Raphaël",
    "Marcel",
    "François-Xavier",
    "Ahmed",
    "Gwenaël",
    "Özgür",
    "Noël",
)
RUES = (
    "rue de l’Exemple",
    "impasse du Spécimen",
    "allée de la Démonstration",
    "place du Modèle",
    "chemin de la Maquette",
)
COMMUNES = (
    "35999 Exempleville",
    "35998 Saint-Fictif",
    "35997 La Démonstration",
    "35996 Modèle-sur-Vilaine",
)
# Country 999 of group 99: our check takes it, the INSEE has never given it.
PAYS_FICTIF = "99999"


def personne(tirage: Random, rang: int) -> Personne:
    """The fictitious person of that rank: two ranks never share a NIR."""
    feminin = tirage.random() < 0.55
    prenom = tirage.choice(PRENOMS_FEMININS if feminin else PRENOMS_MASCULINS)
    corps = _corps(tirage, rang, feminin=feminin)
    joignable = Personne(
        nom_naissance=tirage.choice(NOMS),
        nom_marital=tirage.choice(NOMS) if feminin and tirage.random() < 0.4 else "",
        prenom=prenom,
        nir=corps,
        nir_cle=nir.calculer_cle(corps),
        nir_provisoire=corps[0] not in "12",
        adresse=_adresse(tirage),
        mail=f"personne{rang}@exemple.test" if tirage.random() < 0.5 else "",
        telephone=telephone(tirage),
    )
    return _incomplete(joignable, tirage)


def telephone(tirage: Random) -> str:
    """A number (E.164) of the Arcep's ranges for fiction: landline or mobile."""
    debut = tirage.choice(("+3326191", "+3363998"))
    return f"{debut}{tirage.randrange(10_000):04d}"


def _corps(tirage: Random, rang: int, *, feminin: bool) -> str:
    premier = "2" if feminin else "1"
    if tirage.random() < 0.05:
        premier = "8" if feminin else "7"
    annee, mois = tirage.randint(57, 64), tirage.randint(1, 12)
    return f"{premier}{annee}{mois:02d}{PAYS_FICTIF}{rang % 999 + 1:03d}"


def _adresse(tirage: Random) -> str:
    rue = f"{tirage.randint(1, 99)} {tirage.choice(RUES)}"
    return f"{rue}\n{tirage.choice(COMMUNES)}"


def _incomplete(personne: Personne, tirage: Random) -> Personne:
    """Now and then a person without a NIR, without its key, or without a telephone."""
    sort = tirage.random()
    if sort < 0.06:
        raison = tirage.choice(list(SansNir))
        return replace(personne, nir=None, nir_cle=None, nir_provisoire=False, sans_nir=raison)
    if sort < 0.09:
        return replace(personne, nir_cle=None, cle_inconnue=True)
    if sort < 0.15:
        return replace(personne, telephone="")
    return personne
