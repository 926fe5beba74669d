"""Where a thing may stand when a page is asked for: the steps that docs/droits.md names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from relais.annuaire.actions import comptes, invitations
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches import signalements
from relais.fiches.actions import conservation, envois
from relais.fiches.actions.exports import Forme
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.models import Dysfonctionnement, Fiche
from relais.regles.convention import Role
from relais.regles.retenue import MotifRetenue
from relais.regles.signalement import Reponse, Suite
from relais.reperage.actions import exports
from relais.reperage.dossier import Objectif
from relais.reperage.models import Export, Import
from relais.reperage.models import Personne as PersonneReperee
from relais.rgpd.actions import retenues
from relais.rgpd.models import Retenue
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import DEMANDE, DEPARTEMENT, LUNDI, PRECISION, apres
from tests.personas import Personas, connecter
from tests.reperage import gestes as imports
from tests.reperage import personnes as reperees

Chose = Fiche | Affectation | Dysfonctionnement | Retenue | Import | Export | PersonneReperee


ETAPES: dict[str, Callable[[Personas], Chose]] = {}


def etape(nom: str) -> Any:
    def garder(preparer: Callable[[Personas], Chose]) -> Callable[[Personas], Chose]:
        ETAPES[nom] = preparer
        return preparer

    return garder


def demandee(
    personas: Personas, contenu: Contenu = DEMANDE, reponse: ContenuReponse = PRECISION
) -> Fiche:
    """Sent, and sent back by the caisse with what it asks."""
    fiche = gestes.transmettre(personas.ts_rennes, contenu)
    gestes.repondre(personas.agent_caisse, fiche, reponse)
    return gestes.relire(fiche, DEPARTEMENT)


@etape("brouillon")
def brouillon(personas: Personas) -> Fiche:
    return gestes.ecrire(personas.ts_rennes)


@etape("envoyée")
def envoyee(personas: Personas) -> Fiche:
    return gestes.transmettre(personas.ts_rennes)


@etape("lue")
def lue(personas: Personas) -> Fiche:
    fiche = envoyee(personas)
    gestes.lire(personas.agent_caisse_collegue, fiche)
    return fiche


@etape("prise")
def prise(personas: Personas) -> Fiche:
    fiche = envoyee(personas)
    gestes.prendre(personas.agent_caisse, fiche)
    return fiche


@etape("répondue")
def repondue(personas: Personas) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    return fiche


@etape("redemandée")
def redemandee(personas: Personas) -> Fiche:
    """Answered, and its author is writing a new request."""
    fiche = repondue(personas)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    return fiche


@etape("précision demandée")
def precision_demandee(personas: Personas) -> Fiche:
    return demandee(personas)


@etape("à compléter")
def a_completer(personas: Personas) -> Fiche:
    """A precision is asked for, and the author is writing it."""
    fiche = precision_demandee(personas)
    gestes.preparer(personas.ts_rennes, fiche, "Déposée en mars.", le=apres(hours=4))
    gestes.preparer(personas.ts_rennes, fiche, "Déposée le 12 mars.", le=apres(hours=5))
    return fiche


@etape("close")
def close(personas: Personas) -> Fiche:
    fiche = repondue(personas)
    gestes.clore(personas.ts_rennes, fiche)
    return fiche


@etape("archivée")
def archivee(personas: Personas) -> Fiche:
    """Closed, and the support of the person is over."""
    fiche, par = close(personas), personas.ts_rennes
    with contexte(par):
        conservation.finir_accompagnement(
            fiche, le=apres(days=1).date(), par=par, maintenant=apres(days=1)
        )
    return fiche


@etape("rouverte")
def rouverte(personas: Personas) -> Fiche:
    """Closed, reopened by the encadrant: its owner is writing again."""
    fiche = close(personas)
    gestes.rouvrir(personas.encadrante_rennes, fiche, le=apres(days=1))
    gestes.resigner(personas.ts_rennes, fiche, le=apres(days=1))
    return fiche


@etape("corrigée")
def corrigee(personas: Personas) -> Fiche:
    """Recalled, and being written again: a draft that already bears its équipe."""
    fiche = envoyee(personas)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(hours=2))
    return fiche


@etape("signalé")
def signale(personas: Personas) -> Dysfonctionnement:
    with contexte(personas.ts_rennes):
        return signalements.signaler("technique", "", par=personas.ts_rennes, maintenant=LUNDI)


@etape("répondu")
def dysfonctionnement_repondu(personas: Personas) -> Dysfonctionnement:
    fait, par = signale(personas), personas.referent_caisse
    with contexte(par):
        signalements.repondre(
            fait, Reponse.CORRIGE, Suite.PERSONNE, par=par, maintenant=apres(days=1)
        )
    return fait


@etape("retenue")
def retenue(personas: Personas) -> Retenue:
    fiche, par = envoyee(personas), personas.dpo_departement
    with contexte(par):
        return retenues.poser(
            fiche,
            MotifRetenue.DROITS,
            jusqu_au=horloge.aujourd_hui() + timedelta(days=30),
            par=par,
            maintenant=horloge.maintenant(),
        )


@etape("repérée")
def reperee(personas: Personas) -> PersonneReperee:
    """A person of the caseload, followed by ts_rennes."""
    return reperees.creer(suivie_par=personas.ts_rennes)


@etape("avec un objectif")
def avec_un_objectif(personas: Personas) -> PersonneReperee:
    objectif = Objectif(texte="Demander ma retraite.")
    return reperees.creer(
        replace(reperees.dossier(), objectif=objectif), suivie_par=personas.ts_rennes
    )


@etape("exportée")
def exportee(personas: Personas) -> Export:
    """The file that the chargé du repérage asked for."""
    reperee(personas)
    par = personas.charge_reperage
    with contexte(par):
        return exports.exporter(
            PersonneReperee.objects.all(), Forme.CSV, par=par, maintenant=horloge.maintenant()
        )


@etape("ouvert")
def ouvert(personas: Personas) -> Affectation:
    return personas.ts_rennes_collegue


@etape("désactivé")
def desactive(personas: Personas) -> Affectation:
    par = personas.admin_departement
    with contexte(par):
        comptes.desactiver_compte(personas.ts_rennes_collegue.agent, par=par, maintenant=LUNDI)
    return personas.ts_rennes_collegue


@etape("invité")
def invite(personas: Personas) -> Affectation:
    par = personas.admin_departement
    with contexte(par):
        agent = invitations.inviter(
            par.organisation,
            prenom="Zoé",
            nom="Neuve",
            email="zoe@exemple.test",
            role=Role.TRAVAILLEUR_SOCIAL,
            equipe=personas.encadrante_rennes.equipe,
            par=par,
            maintenant=LUNDI,
        )
    return Affectation.objects.en_attente().get(agent=agent)


@etape("relu")
def relu(personas: Personas) -> Import:
    """A file given by the chargé du repérage, and read."""
    return imports.lire(imports.deposer(connecter(personas.charge_reperage), imports.UN_FLUX))
