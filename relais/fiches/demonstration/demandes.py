"""Requests as social workers write them: situations, files, motifs, comment, perimeter."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from relais.fiches.contenu import Contenu, Personne, Signature
from relais.regles.fiche import ModeSignature, Signataire
from relais.regles.perimetre import Precision, Reponses, Ressources

COURT = "%d/%m/%Y"


@dataclass(frozen=True, slots=True)
class Cas:
    """A situation of the field. `{depot}` and `{courrier}` are days before the request."""

    situations: tuple[str, ...]
    dossiers: tuple[str, ...]
    motifs: tuple[str, ...]
    commentaire: str
    perimetre: Callable[[date], Reponses]
    motif_autre: str = ""


def _coupees(precision: Precision, jours: int) -> Callable[[date], Reponses]:
    return lambda jour: Reponses(
        ressources=Ressources.COUPEES,
        ressources_le=jour - timedelta(days=jours),
        precision=precision,
    )


def _bientot(jours: int) -> Callable[[date], Reponses]:
    return lambda jour: Reponses(
        ressources=Ressources.BIENTOT,
        ressources_le=jour + timedelta(days=jours),
        precision=Precision.DATE_PROCHE,
    )


def _sans_reponse(jour: date) -> Reponses:
    return Reponses(
        ressources=Ressources.NON,
        sans_reponse=True,
        message_le=jour - timedelta(days=40),
        appel_le=jour - timedelta(days=12),
    )


def _incomprise(jour: date) -> Reponses:
    return Reponses(
        ressources=Ressources.NON,
        incomprise=True,
        a_savoir="Quel document attend la caisse pour reprendre l’instruction ?",
    )


def _complexe(phrase: str) -> Callable[[date], Reponses]:
    return lambda jour: Reponses(ressources=Ressources.NON, complexe=True, complexite=phrase)


CAS = (
    Cas(
        ("rsa",),
        ("retraite",),
        ("depart_passe", "rupture"),
        "Demande déposée le {depot}. Dernier courrier reçu le {courrier}, qui dit que le dossier "
        "est complet. La date de départ est passée et rien n’est versé. Ce qui est attendu de la "
        "caisse : la date du premier paiement.",
        _coupees(Precision.DATE_PASSEE, 21),
    ),
    Cas(
        ("rsa", "invalidite"),
        ("retraite", "asi_aspa"),
        ("rupture",),
        "La pension d’invalidité s’est arrêtée à 62 ans. Demande de retraite et d’Aspa déposée le "
        "{depot}. Ce qui est attendu de la caisse : savoir si une avance est possible.",
        _coupees(Precision.SUSPENDUES, 9),
    ),
    Cas(
        ("rsa", "france_travail"),
        ("retraite",),
        ("depart_passe",),
        "Départ demandé pour le 1er du mois prochain. Demande déposée le {depot}, aucune "
        "notification reçue à ce jour.",
        _bientot(8),
    ),
    Cas(
        ("rsa",),
        ("reversion",),
        ("autre",),
        "Réversion : demande déposée le {depot}. Message dans l’espace personnel, puis appel : "
        "sans réponse. Dernier courrier reçu le {courrier}.",
        _sans_reponse,
        "Demande de réversion sans réponse depuis plusieurs semaines",
    ),
    Cas(
        ("aah",),
        ("retraite", "asi_aspa"),
        ("autre",),
        "La personne a reçu le {courrier} un courrier qu’elle ne comprend pas. Il lui est demandé "
        "une pièce déjà envoyée le {depot}.",
        _incomprise,
        "Pièce déjà envoyée, redemandée",
    ),
    Cas(
        ("en_activite",),
        ("retraite",),
        ("autre",),
        "Carrière en France et à l’étranger. Relevé demandé le {depot}. Ce qui est attendu de la "
        "caisse : quelles périodes manquent encore.",
        _complexe("Carrière dans trois pays, dont deux hors de l’Union européenne"),
        "Carrière à l’étranger",
    ),
    Cas(
        ("autre",),
        ("retraite",),
        ("rupture",),
        "Le paiement de la retraite est suspendu depuis le {courrier}. La personne n’a pas d’autre "
        "ressource. Attestation renvoyée le {depot}.",
        _coupees(Precision.SUSPENDUES, 30),
    ),
    Cas(
        ("rsa",),
        ("asi_aspa",),
        ("rupture", "autre"),
        "Aspa demandée le {depot} en même temps que la retraite. Seule la retraite est versée.",
        _coupees(Precision.DATE_PASSEE, 45),
        "Aspa sans décision",
    ),
)


def demande(vierge: Contenu, personne: Personne, tirage: Random, *, informe: bool) -> Contenu:
    """A complete request, still to be signed, on the draft that the product has opened."""
    cas = tirage.choice(CAS)
    jour = vierge.cree_le
    return replace(
        vierge,
        personne=personne,
        situations=cas.situations,
        situation_autre="Retraitée" if "autre" in cas.situations else "",
        dossiers=cas.dossiers,
        motifs=cas.motifs,
        motif_autre=cas.motif_autre,
        commentaire=cas.commentaire.format(
            depot=(jour - timedelta(days=tirage.randint(60, 200))).strftime(COURT),
            courrier=(jour - timedelta(days=tirage.randint(10, 50))).strftime(COURT),
        ),
        perimetre=cas.perimetre(jour),
        informe=informe,
        non_opposition=True,
    )


def commencee(vierge: Contenu, personne: Personne, tirage: Random) -> Contenu:
    """A request left in the middle: some of it typed, no box ticked at the end."""
    pleine = demande(vierge, personne, tirage, informe=False)
    return replace(
        pleine,
        motifs=(),
        motif_autre="",
        perimetre=Reponses(),
        commentaire=pleine.commentaire[: tirage.randint(0, 60)],
        non_opposition=False,
    )


def trois_non(vierge: Contenu, personne: Personne, tirage: Random) -> Contenu:
    """A request that follows the ordinary way: three times « non »."""
    pleine = demande(vierge, personne, tirage, informe=True)
    return replace(
        pleine,
        perimetre=Reponses(ressources=Ressources.NON),
        commentaire="La personne voudrait une estimation de sa retraite.",
    )


def signature(jour: date, tirage: Random) -> Signature:
    """Most often the person herself on the screen, now and then a representative."""
    if tirage.random() < 0.05:
        return Signature(
            mode=ModeSignature.ECRAN,
            par=Signataire.REPRESENTANT,
            representant_nom="Dominique Modèle",
            representant_qualite="tuteur",
            signee_le=jour,
        )
    return Signature(mode=ModeSignature.ECRAN, par=Signataire.PERSONNE, signee_le=jour)


def reprise(contenu: Contenu, precision: str, *, informe: bool) -> Contenu:
    """The same request made again: boxes asked anew, what has changed said first."""
    return replace(
        contenu,
        commentaire=f"{precision} {contenu.commentaire}",
        informe=informe,
        non_opposition=True,
    )
