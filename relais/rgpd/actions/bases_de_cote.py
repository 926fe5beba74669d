"""Forget the bases that a restore set aside, and the keys of what only they still hold."""

from contextlib import closing
from datetime import datetime

from relais.journal.actions import consigner
from relais.journal.models import SYSTEME, Action
from relais.journal.mur import pour
from relais.regles.durees import BASE_DE_COTE
from relais.rgpd import bases_de_cote, surveillance
from relais.rgpd.actions import orphelines, restauration
from relais.rgpd.actions.orphelines import Constat
from relais.rgpd.bases_de_cote import BaseDeCote
from relais.rgpd.sauvegardes import SauvegardeRefusee
from relais.socle import base, exploitation
from relais.socle.models import Restauration


def oublier(trouvees: list[BaseDeCote], *, maintenant: datetime) -> list[Constat]:
    """Drop them, then sweep the keys without a document, whatever their number; what was swept.

    The service may be up. Repeatable. Raises SauvegardeRefusee while a restore runs or waits for
    its replay, or an error of psycopg.
    """
    if Restauration.objects.a_rejouer().exists():
        raise SauvegardeRefusee(
            "Les effacements restent à rejouer : finissez d'abord la restauration, l'ancienne base "
            "peut encore servir."
        )
    with closing(exploitation.connexion(restauration.SUPERUTILISATEUR)) as admin:
        if not restauration.etre_seul_a_restaurer(admin):
            raise SauvegardeRefusee("Une restauration est en cours : attendez sa fin.")
        for une in trouvees:
            base.supprimer_base(admin, une.nom)
    if trouvees:
        with pour(SYSTEME):
            consigner(
                Action.DESTRUCTION,
                organisation=SYSTEME,
                agent=None,
                objet=BASE_DE_COTE,
                nombre=len(trouvees),
            )
    surveillance.surveiller_les_bases(
        bases_de_cote.trouver(maintenant=maintenant), maintenant=maintenant
    )
    return orphelines.balayer_tout(maintenant=maintenant, sans_garde=True)
