"""A dozen people of a caseload who do not exist: each case that a page shows, as a file tells it.

Loaded after the fiches (settings.DEMONSTRATIONS), by the product's own acts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation, Convention
from relais.fiches.demonstration.personnes import PAYS_FICTIF
from relais.regles import nir
from relais.regles.calendrier import decaler
from relais.regles.convention import Role
from relais.regles.foyer import Precision
from relais.regles.reperage import SOURCES, Consentement, Demarche, EtatObjectif, Fait, Famille
from relais.regles.subsidiarite import Aah
from relais.reperage import dossiers
from relais.reperage.actions import attributions, enregistrement, objectif, suivi
from relais.reperage.actions.enregistrement import Recue
from relais.reperage.dossier import Coordonnees, Dossier, Foyer, Identite, Situation
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de

RENNES = ("Rennes", "35000", "35238")
AILLEURS = (
    ("Vitré", "35500", "35360"),
    ("Fougères", "35300", "35115"),
    ("Saint-Malo", "35400", "35288"),
    ("Montfort-sur-Meu", "35160", "35188"),
    ("Redon", "35600", "35236"),
)
EQUIPE = "CDAS des Tilleuls"
# Whom the professional of the showcase follows, by first name.
SUIVIES = ("Camille", "Dominique", "Sacha", "Claude", "Andrea", "Maxime", "Alix")
# First name, name, age (years, months), situation; the first two are a couple.
GENS: tuple[tuple[str, str, tuple[int, int], dict[str, Any]], ...] = (
    ("Camille", "Fictif", (67, 0), {}),
    ("Dominique", "Fictif", (64, 5), {"invalidite": True, "travaille": True}),
    ("Sacha", "Exemple", (64, 10), {"saspa": True}),
    ("Claude", "Modèle", (61, 9), {"aah": Aah.INCONNU}),
    ("Andrea", "Spécimen", (61, 11), {"invalidite": True}),
    ("Maxime", "Maquette", (66, 2), {"suspendu": True}),
    ("Alix", "Ébauche", (68, 1), {"pensionne": True, "veuf": True}),
    ("Lou", "Canevas", (66, 7), {}),
    ("Noa", "Postiche", (66, 9), {}),
    ("Yael", "Inventé", (65, 2), {"signale": True}),
    ("Ange", "Démonstration", (67, 8), {}),
    ("Eden", "Échantillon", (61, 6), {"aah": Aah.DE_50_A_79}),
    ("Sam", "D’Essai", (64, 11), {}),
)
NAISSANCE_INCERTAINE, NUMERO_DISCUTE = "Noa", "Lou"


def charger(*, maintenant: datetime) -> int:
    """Store them and what was noted since; how many. On a new demonstration only."""
    departement = Convention.objects.get().departement_id
    regles = regles_de_l_organisation(departement)
    assert regles is not None
    au = jour_de(maintenant).replace(day=1)
    lots: list[tuple[Famille, list[Recue]]] = [
        (Famille.FLUX, list(du_fichier(au))),
        (Famille.TABLEAU, [Recue(_autre_numero(au))]),
    ]
    for famille, recues in lots:
        with contexte_systeme(departement):
            enregistrement.enregistrer(
                departement,
                recues,
                source=SOURCES[famille],
                au=au,
                convention=regles,
                maintenant=maintenant,
            )
    _confier(departement, maintenant)
    _raconter(departement, maintenant)
    return len(GENS)


def du_fichier(au: date) -> Iterator[Recue]:
    """These people, as the file of that month tells of them."""
    for rang, (prenom, nom, age, situation) in enumerate(GENS):
        dossier = _dossier(rang, prenom, nom, _ne(age, au), situation)
        yield Recue(dossier, foyer=1 if rang < 2 else rang + 1)


def _dossier(
    rang: int, prenom: str, nom: str, naissance: date, situation: dict[str, Any]
) -> Dossier:
    commune, code_postal, insee = RENNES if prenom in SUIVIES else AILLEURS[rang % len(AILLEURS)]
    incertaine = prenom == NAISSANCE_INCERTAINE
    return Dossier(
        identite=Identite(
            nom_naissance=nom,
            prenoms=prenom,
            feminin=rang % 2 == 0,
            naissance=naissance.replace(month=1, day=1) if incertaine else naissance,
            precision=Precision.MOIS_INCONNU if incertaine else Precision.CONNUE,
            nir=_numero(rang, naissance),
        ),
        situation=Situation(**situation),
        coordonnees=Coordonnees(
            adresse=f"{3 + rang} rue de l’Exemple",
            code_postal=code_postal,
            commune=commune,
            insee=insee,
            telephones=(f"+332619180{rang:02d}",),
            courriels=(f"personne{rang}@exemple.test",) if rang % 3 == 0 else (),
            consentement=Consentement.REFUSE if prenom == "Maxime" else Consentement.ACCORDE,
        ),
        foyer=Foyer(
            matricule=f"99{max(rang, 1):05d}",
            demande=f"999000000{max(rang, 1):02d}",
            role="CJT" if rang == 1 else "DEM",
        ),
    )


def _autre_numero(au: date) -> Dossier:
    """The same person in a spreadsheet, under another number: to be decided."""
    rang = next(i for i, un in enumerate(GENS) if un[0] == NUMERO_DISCUTE)
    prenom, nom, age, situation = GENS[rang]
    dossier = _dossier(rang, prenom, nom, _ne(age, au), situation)
    autre = _numero(rang + 50, _ne(age, au))
    return replace(dossier, identite=replace(dossier.identite, nir=autre))


def _ne(age: tuple[int, int], au: date) -> date:
    return decaler(au.replace(day=15), annees=-age[0], mois=-age[1])


def _numero(rang: int, naissance: date) -> str:
    """A number that the INSEE has never given (country 999)."""
    premier = "2" if rang % 2 == 0 else "1"
    corps = f"{premier}{naissance:%y%m}{PAYS_FICTIF}{900 + rang:03d}"
    return corps + nir.calculer_cle(corps)


def _confier(departement: str, maintenant: datetime) -> None:
    """By the encadrante of that équipe, to whom the showcase shows."""
    encadrante = _qui(departement, Role.ENCADRANT)
    a_qui = _qui(departement, Role.TRAVAILLEUR_SOCIAL)
    with contexte(encadrante):
        siennes = list(Personne.objects.visibles_par(encadrante))
        lus = dossiers.lire_plusieurs(siennes)
        choisies = [une for une in siennes if lus[une.pk].identite.prenoms in SUIVIES]
        attributions.confier(
            choisies, a_qui, par=encadrante, maintenant=maintenant - timedelta(days=9)
        )


def _raconter(departement: str, maintenant: datetime) -> None:
    """Some contacts, and an objective that is followed."""
    par = _qui(departement, Role.TRAVAILLEUR_SOCIAL)
    regles = regles_de_l_organisation(departement)
    assert regles is not None
    jour = jour_de(maintenant)
    with contexte(par):
        siennes = list(Personne.objects.visibles_par(par))
        lus = dossiers.lire_plusieurs(siennes)
        par_prenom = {lus[une.pk].identite.prenoms: une for une in siennes}
        for prenom, faits, il_y_a in (
            ("Claude", (Fait.SANS_REPONSE, Fait.MESSAGE_LAISSE), 6),
            ("Maxime", (Fait.COURRIER_ENVOYE,), 8),
            ("Andrea", (Fait.RECUE, Fait.INFORMEE_DE_SES_DROITS), 4),
        ):
            le = jour - timedelta(days=il_y_a)
            suivi.noter(par_prenom[prenom], faits, le=le, par=par, maintenant=maintenant)
        suivie = Personne.objects.visibles_par(par).get(pk=par_prenom["Andrea"].pk)
        propose = objectif.proposer(dossiers.lire(suivie), au=jour, convention=regles)
        etapes = tuple(
            replace(une, faite_le=jour - timedelta(days=2))
            if une.demarche == Demarche.RELEVE_DE_CARRIERE
            else une
            for une in propose.etapes
        )
        inscrit = replace(
            propose,
            etat=EtatObjectif.INSCRIT,
            contrat="CE-EXEMPLE-1",
            debut=jour - timedelta(days=4),
            etapes=etapes,
        )
        objectif.enregistrer(
            suivie, inscrit, version=suivie.version, par=par, maintenant=maintenant
        )


def _qui(departement: str, role: Role) -> Affectation:
    """The first one of that role in the équipe of the showcase."""
    siennes = Affectation.objects.filter(
        organisation=departement, role=role, equipe__nom=EQUIPE
    ).select_related("agent", "organisation", "territoire", "equipe")
    return siennes.order_by("pk")[0]
