"""Be away, and have a colleague stand in until a date; come back sooner."""

from datetime import date, datetime, timedelta

from django.db import transaction

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.droits import exiger
from relais.annuaire.models import Absence, Affectation, Equipe, Organisation
from relais.fiches import droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.journal.models import Action
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_moyenne


@transaction.atomic
def declarer(
    absent: Affectation,
    *,
    du: date,
    au: date,
    remplacant: Affectation | None,
    par: Affectation,
    maintenant: datetime,
) -> Absence:
    """Be away from `du` to `au`, both included; in an équipe a colleague always stands in.

    Those for whom the absent stood in meanwhile are the stand-in's from then on: never a chain.
    Raises ActeRefuse with what is wrong beside its field.
    """
    exiger(droits.peut_absenter(par, absent))
    _un_a_la_fois(absent)
    _verifier_dates(absent, du, au, jour_de(maintenant))
    _verifier_remplacant(absent, remplacant, du, au)
    _relayer(absent, remplacant, du, au, par=par)
    absence = Absence.objects.create(
        organisation_id=absent.organisation_id,
        equipe=None if absent.a_la_caisse else absent.equipe,
        agent=absent.agent,
        remplacant=remplacant.agent if remplacant else None,
        du=du,
        au=au,
        declaree_par=par.agent,
        declaree_le=maintenant,
    )
    _consigner(Action.ABSENCE_DECLAREE, absence, par=par)
    return absence


@transaction.atomic
def raccourcir(
    absence: Absence,
    *,
    au: date | None,
    absent: Affectation,
    par: Affectation,
    maintenant: datetime,
) -> None:
    """End it on an earlier day, or now (`au` None): the absent is back. One not begun goes."""
    exiger(droits.peut_absenter(par, absent) and absent.agent_id == absence.agent_id)
    _un_a_la_fois(absent)
    jour = jour_de(maintenant)
    actuelle = Absence.objects.pas_finies(jour).filter(pk=absence.pk).first()
    if actuelle is None:
        raise ActeRefuse("Cette absence est déjà finie.")
    fin = jour - timedelta(days=1) if au is None else au
    if au is not None and not jour <= au <= actuelle.au:
        dernier = date_moyenne(actuelle.au)
        raise ActeRefuse("L’absence n’est pas raccourcie.", {"au": f"Au plus tard le {dernier}."})
    if fin < actuelle.du:
        actuelle.delete()
    else:
        actuelle.au = fin
        actuelle.save(update_fields=["au"])
    _consigner(Action.ABSENCE_ANNULEE, actuelle, par=par)


def _un_a_la_fois(absent: Affectation) -> None:
    """Absences of one équipe (of one caisse) are written one after the other."""
    if absent.a_la_caisse or absent.equipe_id is None:
        Organisation.objects.select_for_update(no_key=True).get(pk=absent.organisation_id)
    else:
        Equipe.objects.select_for_update(no_key=True).get(pk=absent.equipe_id)


def _verifier_dates(absent: Affectation, du: date, au: date, jour: date) -> None:
    regles = regles_de_l_organisation(absent.organisation_id)
    longueur = regles.delais.absence_jours.exigee(jour) if regles else 0
    manques = {}
    if du < jour:
        manques["du"] = "L’absence commence aujourd’hui ou plus tard."
    if au < du:
        manques["au"] = "Le dernier jour vient après le premier."
    elif (au - du).days >= longueur:
        manques["au"] = f"Une absence dure {longueur} jours au plus : au-delà, confiez les fiches."
    sienne = Absence.objects.du_lieu(absent).de_l_agent(absent.agent_id).chevauchant(du, au).first()
    if sienne is not None:
        dates = f"du {date_moyenne(sienne.du)} au {date_moyenne(sienne.au)}"
        manques["du"] = f"Une absence est déjà notée {dates} : raccourcissez-la d’abord."
    if manques:
        raise ActeRefuse("L’absence n’est pas notée.", manques)


def _verifier_remplacant(
    absent: Affectation, remplacant: Affectation | None, du: date, au: date
) -> None:
    """A colleague of the same place, who is there all that time."""
    if remplacant is None:
        if absent.a_la_caisse:
            return  # the caisse's fiches are everybody's there
        raise ActeRefuse("L’absence n’est pas notée.", {"remplacant": "Choisissez qui remplace."})
    if (
        remplacant.agent_id == absent.agent_id
        or not droits.meme_lieu(remplacant, absent)
        or not droits.peut_voir_l_equipe(remplacant)
    ):
        dit = "Choisissez un collègue de la même équipe."
        raise ActeRefuse("L’absence n’est pas notée.", {"remplacant": dit})
    _verifier_presence(remplacant, du, au)


def _verifier_presence(remplacant: Affectation, du: date, au: date) -> None:
    sienne = (
        Absence.objects.du_lieu(remplacant)
        .de_l_agent(remplacant.agent_id)
        .chevauchant(du, au)
        .first()
    )
    if sienne is not None:
        dit = (
            f"{remplacant.agent} est absent du {date_moyenne(sienne.du)}"
            f" au {date_moyenne(sienne.au)} : choisissez quelqu’un d’autre."
        )
        raise ActeRefuse("L’absence n’est pas notée.", {"remplacant": dit})


def _relayer(
    absent: Affectation,
    remplacant: Affectation | None,
    du: date,
    au: date,
    *,
    par: Affectation,
) -> None:
    """Whom the absent stood in for during that time goes to the new stand-in."""
    for autre in Absence.objects.remplacees_par(absent).chevauchant(du, au).avec_noms():
        if remplacant is not None:
            _verifier_presence(remplacant, max(du, autre.du), autre.au)
        autre.remplacant = remplacant.agent if remplacant else None
        autre.save(update_fields=["remplacant"])
        _consigner(Action.ABSENCE_DECLAREE, autre, par=par)


def _consigner(action: Action, absence: Absence, *, par: Affectation) -> None:
    consigner_par(action, str(absence.agent.pseudonyme), par=par)
