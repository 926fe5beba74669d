"""Start fiches de liaison already filled in, one for each adult (convention, art. 3; annex 1).

Nothing ties a fiche to the caseload: it lives its own life, and no birth date goes into it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.annuaire.models import Convention as ConventionEnVigueur
from relais.coffre.actions import Genre, chercher_nir
from relais.fiches.actions import brouillons
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import Contenu
from relais.fiches.contenu import Personne as PersonneDeLaFiche
from relais.fiches.doublons import Doublon, ouverte_pour
from relais.fiches.models import Fiche, FicheQuerySet
from relais.regles import nir, suite
from relais.regles.convention import Convention
from relais.regles.foyer import Examen
from relais.regles.subsidiarite import Code
from relais.reperage import dossiers, droits, examens
from relais.reperage.actions.acte import convention_de, verrouiller
from relais.reperage.dossier import Coordonnees, Dossier
from relais.reperage.lecture import numeros
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de

PERSONNE_CHOISIE = "Choisissez pour qui commencer une fiche."
A_LA_MAIRIE = (
    "Aucun régime de retraite connu : la caisse ne peut rien faire de cette demande. L’Aspa se"
    " demande à la mairie (CSS R.815-15), sans fiche de liaison. Si un relevé de carrière montre"
    " une période, corrigez la situation d’abord."
)
ECART = (
    "L’année ou le mois ne correspond pas à la date de naissance connue. Vérifiez que c’est bien"
    " son numéro, pas celui du conjoint."
)
LONGUEUR_NOM, LONGUEUR_ADRESSE = 100, 300  # of the form of a fiche


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What is known before a fiche is started for somebody: nothing of it stops but `refus`."""

    refus: str = ""
    doublon: Doublon | None = None
    brouillon: Fiche | None = None  # already being written by who asks
    ecart: str = ""  # the number against the birth date


def preparer(dossier: Dossier, *, par: Affectation, jour: date, regles: Convention) -> Ouverture:
    """What who starts a fiche for that person is told first."""
    examen = examens.examen(dossier, au=jour, convention=regles)
    corps = dossier.identite.nir[: nir.LONGUEUR_CORPS]
    return Ouverture(
        refus=A_LA_MAIRIE if suite.sans_regime(examen) else "",
        doublon=ouverte_pour(corps, par.organisation_id, pour=par) if corps else None,
        brouillon=_brouillon(corps, par),
        ecart=ecart(dossier),
    )


def ecart(dossier: Dossier) -> str:
    """The sentence of wording.md §4 when the number does not go with the birth date."""
    identite = dossier.identite
    if not identite.nir:
        return ""
    lu = numeros.lire(identite.nir)
    if lu is None:
        return ""
    dits = numeros.discordances(lu, naissance=identite.naissance, feminin=None)
    return ECART if dits else ""


@transaction.atomic
def ouvrir_fiches(
    personnes: Sequence[Personne], *, par: Affectation, maintenant: datetime
) -> list[Fiche]:
    """A draft for each of these adults, the one that `par` is already writing if there is one.

    All of them or none: raises ActeRefuse for who has nothing to ask of the caisse.
    """
    if not personnes:
        raise ActeRefuse(PERSONNE_CHOISIE)
    regles = convention_de(par.organisation_id)
    for une in personnes:
        exiger(droits.peut_commencer_une_fiche(par, une, regles))
    ordre = sorted(personnes, key=lambda une: une.pk)
    tenues = {une.pk: verrouiller(une, droits.peut_suivre, par=par) for une in ordre}
    return [
        _ouvrir(tenues[une.pk], par=par, maintenant=maintenant, regles=regles) for une in personnes
    ]


def fiches_de(dossier: Dossier, *, pour: Affectation) -> FicheQuerySet:
    """The fiches of that number that `pour` may open, newest first; none without a number."""
    corps = dossier.identite.nir[: nir.LONGUEUR_CORPS]
    objets = chercher_nir(pour.organisation_id, corps) if corps else []
    return Fiche.objects.visibles_par(pour).retrouvees(
        "",
        [pk for genre, pk in objets if genre == Genre.EXEMPLAIRE],
        [pk for genre, pk in objets if genre == Genre.BROUILLON],
    )


def _brouillon(corps: str, par: Affectation) -> Fiche | None:
    """The draft of that number that `par` has in hand and may go on with."""
    if not corps:
        return None
    objets = chercher_nir(par.organisation_id, corps)
    brouillons_du_numero = [pk for genre, pk in objets if genre == Genre.BROUILLON]
    siennes = Fiche.objects.visibles_par(par).retrouvees("", [], brouillons_du_numero)
    return siennes.filter(proprietaire=par.agent_id).first()


def _ouvrir(
    personne: Personne, *, par: Affectation, maintenant: datetime, regles: Convention
) -> Fiche:
    dossier, jour = dossiers.lire(personne), jour_de(maintenant)
    su = preparer(dossier, par=par, jour=jour, regles=regles)
    if su.refus:
        raise ActeRefuse(su.refus)
    if su.brouillon is not None:
        return su.brouillon
    convention = ConventionEnVigueur.objects.get(code=regles.code)
    fiche = brouillons.commencer(convention, par=par, maintenant=maintenant)
    brouillon = brouillons.courant(fiche)
    assert brouillon is not None  # just made
    examen = examens.examen(dossier, au=jour, convention=regles)
    rempli = remplir(
        brouillons.lire(brouillon),
        dossier,
        examen,
        dans_le_flux=personne.hors_flux_le is None,
        regles=regles,
    )
    brouillons.enregistrer(fiche, rempli, version=brouillon.version, par=par, maintenant=maintenant)
    return fiche


def remplir(
    vierge: Contenu, dossier: Dossier, examen: Examen, *, dans_le_flux: bool, regles: Convention
) -> Contenu:
    """What is known for certain, and nothing else: neither motif, nor perimeter, nor box 1 or 2."""
    connues = {choix.code for choix in regles.fiche.situations.exigee(vierge.cree_le)}
    return replace(
        vierge,
        personne=_identite(dossier),
        situations=tuple(
            code for code in _situations(dossier, dans_le_flux=dans_le_flux) if code in connues
        ),
        dossiers=tuple(_dossiers(examen)),
    )


def _identite(dossier: Dossier) -> PersonneDeLaFiche:
    identite, coordonnees = dossier.identite, dossier.coordonnees
    numero = numeros.lire(identite.nir) if identite.nir else None
    joignable = not coordonnees.par_courrier_seul
    nom = identite.nom_naissance or identite.nom_usage
    usage = identite.nom_usage if identite.nom_usage != nom else ""
    return PersonneDeLaFiche(
        nom_naissance=nom[:LONGUEUR_NOM],
        nom_marital=usage[:LONGUEUR_NOM],
        prenom=identite.prenoms[:LONGUEUR_NOM],
        adresse=adresse(coordonnees)[:LONGUEUR_ADRESSE],
        nir=numero.corps if numero else None,
        nir_cle=numero.cle if numero else None,
        nir_provisoire=numero.provisoire if numero else False,
        telephone=coordonnees.telephones[0] if joignable and coordonnees.telephones else "",
        mail=coordonnees.courriels[0] if joignable and coordonnees.courriels else "",
    )


def adresse(coordonnees: Coordonnees) -> str:
    """The postal address, on its lines."""
    ville = f"{coordonnees.code_postal} {coordonnees.commune}".strip()
    return "\n".join(ligne for ligne in (coordonnees.adresse.strip(), ville) if ligne)


def _situations(dossier: Dossier, *, dans_le_flux: bool) -> Iterator[str]:
    """The boxes of annex 1 that the file itself ticks."""
    dite = dossier.situation
    if dite.aah is not None:
        yield "aah"
    if dans_le_flux:  # gone from the file, the right may be closed: asked of the person
        yield "rsa"
    if dite.travaille:
        yield "en_activite"
    if dite.invalidite:
        yield "invalidite"


def _dossiers(examen: Examen) -> Iterator[str]:
    """A retirement is to claim: that box alone is certain."""
    a_verifier = {Code.PENSION_VERSEE, Code.AAH_50_79, Code.AAH_80, Code.AAH_INCONNU}
    if a_verifier.isdisjoint(motif.code for motif in examen.motifs):
        yield "retraite"
