"""The conventions in force: each file loaded once, its digest recorded by `relais migrer`."""

from datetime import date, datetime
from functools import cache

from django.conf import settings

from relais.annuaire.models import Convention, Organisation, Territoire
from relais.regles import lecture
from relais.regles.convention import Convention as Regles
from relais.regles.convention import FauteConvention, Organisme
from relais.socle import horloge


@cache
def chargees() -> dict[str, Regles]:
    """The rules of each convention by code; SystemExit with its sentence on a faulty file."""
    try:
        regles = [lecture.charger(chemin) for chemin in settings.CONVENTIONS]
    except FauteConvention as faute:
        raise SystemExit(faute.phrase) from None
    return {une.code: une for une in regles}


def regles_de(code: str) -> Regles:
    """The rules of the convention of that code; KeyError when its file is not served here."""
    return chargees()[code]


def regles_de_l_organisation(organisation: str) -> Regles | None:
    """The rules of the first convention to which that organisation is a party."""
    parties = (
        une
        for une in chargees().values()
        if organisation in (une.departement.code, une.caisse.code)
    )
    return next(parties, None)


def partie_de(organisation: str) -> Organisme | None:
    """What that convention says of the organisation itself; None without a convention."""
    regles = regles_de_l_organisation(organisation)
    if regles is None:
        return None
    return regles.departement if regles.departement.code == organisation else regles.caisse


def nom_dans_phrase(organisation: Organisation, instant: datetime) -> str:
    """« la Carsat Bretagne »; its whole name without a convention."""
    partie = partie_de(organisation.code)
    return partie.nom_dans_phrase.exigee(instant.date()) if partie else organisation.nom


def duree_commune(cle: str, *, jour: date) -> int:
    """The shortest value of that retention among the conventions served here.

    For what belongs to no party: sessions, links, mails. `cle`: a field of `Conservation`.
    """
    durees = (getattr(une.conservation, cle).exigee(jour) for une in chargees().values())
    return int(min(durees))


def enregistrer() -> None:
    """Record each file: its digest, its two parties, its territories. Repeatable."""
    for regles in chargees().values():
        departement = _enregistrer_partie(regles.departement, Organisation.Nature.DEPARTEMENT)
        caisse = _enregistrer_partie(regles.caisse, Organisation.Nature.CAISSE)
        jour = horloge.aujourd_hui()
        Convention.objects.update_or_create(
            code=regles.code,
            defaults={
                "nom": regles.intitule.exigee(jour),
                "empreinte": regles.empreinte,
                "departement": departement,
                "caisse": caisse,
                "enregistree_le": horloge.maintenant(),
            },
        )
        for territoire in regles.territoires.exigee(jour):
            Territoire.objects.update_or_create(
                organisation=departement,
                code=territoire.code,
                defaults={"nom": territoire.nom, "couleur": territoire.couleur},
            )


def _enregistrer_partie(partie: Organisme, nature: str) -> Organisation:
    organisation, _ = Organisation.objects.update_or_create(
        code=partie.code,
        defaults={"nature": nature, "nom": partie.nom.exigee(horloge.aujourd_hui())},
    )
    return organisation


def verifier_empreintes() -> None:
    """Refuse to serve (SystemExit) a file whose digest `relais migrer` has not recorded."""
    connues = dict(Convention.objects.values_list("code", "empreinte"))
    for regles in chargees().values():
        if connues.get(regles.code) != regles.empreinte:
            raise SystemExit(
                f"La convention « {regles.code} » a changé depuis le dernier enregistrement."
                " Relisez le fichier, puis lancez « relais migrer »."
            )
