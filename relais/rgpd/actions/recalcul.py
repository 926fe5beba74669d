"""After an avenant: what is stored is computed again by the rules in force, shown, then written.

The caisse's copies: the value in force on the day of each message decides (regles.conservation), so
that a later avenant never prolongs a copy already sent. The Département's clock: the values of
today, for what is kept today. Drafts: the value in force on their last act. People and files of the
caseload, lists made of it: on the day they came.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de, regles_de_l_organisation
from relais.annuaire.models import Organisation
from relais.fiches import conservations
from relais.fiches.exemplaires import DEMANDES
from relais.fiches.models import Brouillon, Exemplaire, Fiche, NoteAppel
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles import conservation
from relais.reperage.models import Export, Import, Personne
from relais.socle.horloge import PARIS, jour_de

EXEMPLES = 3
LOT = 500


@dataclass
class Constat:
    """What would move for one kind: how many later, earlier, and some references."""

    quoi: str
    vus: int = 0
    plus_tot: int = 0
    plus_tard: int = 0
    exemples: list[str] = field(default_factory=list)

    def voir(self, reference: str, avant: Any, apres: Any) -> bool:
        """Count one; whether it moves. No date at all counts as the latest."""
        self.vus += 1
        if avant == apres:
            return False
        tot = apres is not None and (avant is None or apres < avant)
        self.plus_tot += tot
        self.plus_tard += not tot
        if len(self.exemples) < EXEMPLES:
            heure = self.quoi in A_L_HEURE
            dits = f"{_dire(avant, heure=heure)} → {_dire(apres, heure=heure)}"
            self.exemples.append(f"{reference} : {dits}")
        return True


def recalculer(*, maintenant: datetime, ecrire: bool) -> list[Constat]:
    """Compute every stored end again. `ecrire` False: tell what would move, and move nothing.

    Rows whose destruction is engaged are left alone. Safe to run twice: the second finds nothing.
    """
    constats: dict[str, Constat] = {}
    for code in Organisation.objects.codes():
        bouges: Counter[str] = Counter()
        with contexte_systeme(code):
            for quoi, reference, avant, apres, ligne in _ecarts(code, maintenant):
                constat = constats.setdefault(quoi, Constat(quoi))
                if constat.voir(reference, avant, apres) and ecrire:
                    ligne.save(update_fields=CHAMPS[quoi])
                    bouges[quoi] += 1
            if bouges:
                consigner(
                    Action.CONSERVATION_RECALCULEE,
                    organisation=code,
                    agent=None,
                    nombre=bouges.total(),
                )
    return list(constats.values())


Fin = datetime | date | None
Ligne = Exemplaire | NoteAppel | Brouillon | Fiche | Personne | Import | Export
Ecart = tuple[str, str, Fin, Fin, Ligne]
EXEMPLAIRES, NOTES, COPIES = "exemplaires de la caisse", "notes de la caisse", "fins annoncées"
BROUILLONS, FICHES, REVUES = "brouillons", "fiches du Département", "revues"
PERSONNES, DEPOTS, EXPORTS = "personnes repérées", "fichiers du repérage", "exports de listes"
A_L_HEURE = {DEPOTS, EXPORTS}  # kept for hours: a day would not tell the difference
CHAMPS = {
    EXEMPLAIRES: ["a_purger_le"],
    NOTES: ["a_purger_le"],
    BROUILLONS: ["a_purger_le"],
    COPIES: ["copie_caisse_jusqu_au"],
    FICHES: ["departement_a_purger_le", "revue_le"],
    REVUES: ["departement_a_purger_le", "revue_le"],
    PERSONNES: ["a_purger_le"],
    DEPOTS: ["a_purger_le"],
    EXPORTS: ["a_purger_le"],
}


def _dire(fin: Fin, *, heure: bool) -> str:
    if heure and isinstance(fin, datetime):
        return f"{fin.astimezone(PARIS):%d/%m/%Y %H:%M}"
    jour = jour_de(fin) if isinstance(fin, datetime) else fin
    return f"{jour:%d/%m/%Y}" if jour else "sans date"


def _ecarts(code: str, maintenant: datetime) -> Iterator[Ecart]:
    yield from _des_exemplaires(code)
    yield from _des_notes(code)
    yield from _des_brouillons(code)
    yield from _des_fiches(code, jour_de(maintenant))
    yield from _du_reperage(code)


def _des_exemplaires(caisse: str) -> Iterator[Ecart]:
    copies = Exemplaire.objects.filter(
        organisation=caisse, destruction_engagee_le=None, a_purger_le__isnull=False
    ).select_related("envoi__fiche")
    for copie in copies.order_by("pk").iterator(LOT):
        fiche, avant = copie.envoi.fiche, copie.a_purger_le
        copie.a_purger_le = _fin_a_la_caisse(fiche, copie.envoi.envoye_le)
        yield EXEMPLAIRES, fiche.reference, avant, copie.a_purger_le, copie


def _des_notes(caisse: str) -> Iterator[Ecart]:
    """With the request of their time (docs/adr/0012)."""
    notes = NoteAppel.objects.filter(organisation=caisse, destruction_engagee_le=None)
    for note in notes.select_related("fiche").order_by("pk").iterator(LOT):
        envoyees = note.fiche.envois.filter(nature__in=DEMANDES, envoye_le__lte=note.cree_le)
        demande = envoyees.order_by("-envoye_le").first()
        if demande is not None:
            avant = note.a_purger_le
            note.a_purger_le = _fin_a_la_caisse(note.fiche, demande.envoye_le)
            yield NOTES, note.fiche.reference, avant, note.a_purger_le, note


def _des_brouillons(departement: str) -> Iterator[Ecart]:
    brouillons = Brouillon.objects.filter(organisation=departement).select_related("fiche")
    for brouillon in brouillons.order_by("pk").iterator(LOT):
        regles = regles_de(brouillon.fiche.convention_id)
        avant = brouillon.a_purger_le
        brouillon.a_purger_le = conservation.brouillon(brouillon.modifie_le, convention=regles)
        yield BROUILLONS, brouillon.fiche.reference, avant, brouillon.a_purger_le, brouillon


def _des_fiches(departement: str, jour: date) -> Iterator[Ecart]:
    fiches = Fiche.objects.filter(departement=departement, destruction_engagee_le=None)
    for fiche in fiches.exclude(dernier_evenement_le=None).order_by("pk").iterator(LOT):
        avant = conservations.Horloge(fiche.departement_a_purger_le, fiche.revue_le)
        annoncee, du = fiche.copie_caisse_jusqu_au, fiche.copie_caisse_du
        fiche.departement_a_purger_le, fiche.revue_le = conservations.horloge(fiche, au=jour)
        # Both at once: a fiche is never without a clock (fiche_jamais_sans_horloge).
        yield FICHES, fiche.reference, avant.a_purger_le, fiche.departement_a_purger_le, fiche
        yield REVUES, fiche.reference, avant.revue_le, fiche.revue_le, fiche
        if du is not None:
            fiche.copie_caisse_jusqu_au = _fin_a_la_caisse(fiche, du)
            yield COPIES, fiche.reference, annoncee, fiche.copie_caisse_jusqu_au, fiche


def _du_reperage(departement: str) -> Iterator[Ecart]:
    """People, files given and lists made: the value in force on the day they came."""
    regles = regles_de_l_organisation(departement)
    if regles is None:
        return
    for personne in Personne.objects.filter(organisation=departement).defer("document"):
        fin = conservation.personne_reperee(personne.compte_du, convention=regles)
        yield _finissant(personne, PERSONNES, fin)
    for depot in Import.objects.chez(departement).avec_contenu().defer("constats"):
        fin = conservation.depot(depot.cree_le, convention=regles)
        yield _finissant(depot, DEPOTS, fin)
    for export in Export.objects.avec_contenu().filter(organisation=departement).defer("contenu"):
        fin = conservation.export(export.cree_le, convention=regles)
        yield _finissant(export, EXPORTS, fin)


def _finissant(ligne: Personne | Import | Export, quoi: str, fin: datetime) -> Ecart:
    avant, ligne.a_purger_le = ligne.a_purger_le, fin
    return quoi, str(ligne.pk), avant, fin, ligne


def _fin_a_la_caisse(fiche: Fiche, envoye_le: datetime) -> datetime:
    return conservation.exemplaire_caisse(envoye_le, convention=regles_de(fiche.convention_id))
