"""The two parties hold, verify and are told of each other's journal."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection

from relais.annuaire import courriers, surveillance
from relais.annuaire.models import CourrierDeCompte
from relais.journal import verificateur
from relais.journal.actions import consigner
from relais.journal.models import SYSTEME, Action, Repere, Verdict
from relais.journal.mur import pour
from relais.socle import horloge
from relais.socle.models import Alerte
from tests.journal.faussaire import falsifier
from tests.personas import Personas, creer_personas

CD35, CARSAT = "cd35", "carsat-bretagne"
A_VERIFIER = CourrierDeCompte.Objet.JOURNAL_A_VERIFIER
DU_MOIS = CourrierDeCompte.Objet.JOURNAL_DU_MOIS


@pytest.fixture
def parties(base: Any) -> Any:
    """Both parties where commits are real, each with an act and a signed head."""
    gens = creer_personas()
    noter(CD35, 3)
    surveillance.signer_et_deposer()
    CourrierDeCompte.objects.all().delete()
    return gens


def noter(organisation: str, combien: int = 1) -> None:
    for _ in range(combien):
        with pour(organisation):
            consigner(Action.LECTURE, organisation=organisation, agent=None, objet="K7QF-3MWP")


def verifier(apres: timedelta = timedelta()) -> None:
    surveillance.verifier(maintenant=horloge.maintenant() + apres)


def tenus(organisation: str) -> set[tuple[str, int]]:
    with pour(organisation):
        return set(Repere.objects.values_list("organisation", "numero"))


def verdicts(organisation: str) -> dict[str, str]:
    with pour(organisation):
        return dict(Verdict.objects.order_by("pk").values_list("chaine", "defaut"))


def test_chaque_tete_signee_va_a_l_autre_partie(parties: Personas) -> None:
    surveillance.signer_et_deposer()
    attendus = {(chaine, numero) for chaine in (CD35, CARSAT, SYSTEME) for numero in (1, 2)}
    assert tenus(CD35) == tenus(CARSAT) == attendus
    assert tenus(SYSTEME) == {(SYSTEME, 1), (SYSTEME, 2)}
    assert tenus("autre-caisse") == set()


@pytest.mark.parametrize(
    ("de", "vers"),
    [(CD35, CD35), (CD35, "autre-caisse"), ("autre-caisse", CD35), (SYSTEME, "autre-caisse")],
)
def test_un_repere_ne_va_qu_a_l_autre_partie_de_la_convention(
    de: str, vers: str, parties: Personas
) -> None:
    with (
        pytest.raises(DatabaseError, match="not the parties"),
        pour(de),
        connection.cursor() as curseur,
    ):
        curseur.execute("SELECT deposer_repere(1, %s)", [vers])


def test_un_repere_jamais_signe_ne_se_depose_pas(parties: Personas) -> None:
    with pytest.raises(DatabaseError), pour(CD35), connection.cursor() as curseur:
        curseur.execute("SELECT deposer_repere(99, %s)", [CARSAT])


def test_des_journaux_intacts_ne_derangent_personne(parties: Personas) -> None:
    verifier()
    assert verdicts(CD35) == dict.fromkeys((CD35, CARSAT, SYSTEME), "")
    assert verdicts(CARSAT) == dict.fromkeys((CD35, CARSAT, SYSTEME), "")
    assert verdicts(SYSTEME) == {SYSTEME: ""}
    assert not CourrierDeCompte.objects.exists()
    assert not Alerte.objects.exists()


def test_un_acte_modifie_previent_le_dpo_de_sa_partie_une_fois(
    parties: Personas, base: Any
) -> None:
    falsifier(
        base,
        "UPDATE journal_evenement SET nombre = 9 WHERE id = ("
        "SELECT evenement FROM journal_maillon WHERE organisation = 'cd35' AND sequence = 2)",
    )
    verifier()
    verifier()
    (courrier,) = CourrierDeCompte.objects.all()
    assert (courrier.objet, courrier.agent) == (A_VERIFIER, parties.dpo_departement.agent)
    assert [a.objet for a in Alerte.objects.filter(close_le=None)] == ["cd35:cd35"]
    texte = courriers.corps(courrier)
    assert "Votre journal\u00a0: un contenu n’est plus celui qui avait été signé" in texte
    assert "(acte n°\u00a02)" in texte


def test_une_chaine_qui_ne_se_verifie_pas_n_arrete_pas_les_autres(
    parties: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    vrai = surveillance.reperes.verifier_la_chaine

    def echouer(organisation: str, **options: Any) -> Verdict:
        if organisation == CARSAT:  # the first one
            raise DatabaseError("refused")
        return vrai(organisation, **options)

    monkeypatch.setattr(surveillance.reperes, "verifier_la_chaine", echouer)
    with pytest.raises(ExceptionGroup):
        verifier()
    assert verdicts(CARSAT) == {}
    assert CD35 in verdicts(CD35)
    assert SYSTEME in verdicts(SYSTEME)


def test_un_repere_refait_previent_le_dpo_de_qui_le_recoit(parties: Personas, base: Any) -> None:
    falsifier(
        base,
        "UPDATE journal_repere SET empreinte = sha256('autre')"
        " WHERE detenteur = 'carsat-bretagne' AND organisation = 'cd35'",
    )
    verifier()
    assert verdicts(CD35)[CD35] == "contredit"  # what the other party holds is not its chain
    courrier = CourrierDeCompte.objects.get(organisation=CARSAT)
    assert courrier.agent == parties.dpo_caisse.agent
    texte = courriers.corps(courrier)
    assert "une signature n’est pas la bonne (repère n°\u00a01)" in texte
    assert "Département d’Ille-et-Vilaine" in texte
    for persona in vars(parties)["par_nom"].values():
        assert persona.agent.nom not in texte


def test_un_silence_de_plus_de_deux_heures_se_dit_des_deux_cotes(parties: Personas) -> None:
    verifier(timedelta(hours=2, minutes=50))
    assert not CourrierDeCompte.objects.exists()
    verifier(timedelta(hours=3, minutes=10))
    assert {c.organisation_id for c in CourrierDeCompte.objects.all()} == {CD35, CARSAT}
    assert verdicts(CARSAT)[CD35] == "retard"
    assert Alerte.objects.filter(close_le=None).count() == 4
    Alerte.objects.update(ouverte_le=horloge.maintenant())
    surveillance.signer_et_deposer()
    verifier()
    assert Alerte.objects.filter(close_le=None).count() == 0


def test_sans_dpo_la_boite_de_la_convention_recoit(parties: Personas) -> None:
    parties.dpo_caisse.active = False
    parties.dpo_caisse.save(update_fields=["active"])
    verifier(timedelta(hours=4))
    courrier = CourrierDeCompte.objects.get(organisation=CARSAT)
    assert courrier.agent is None
    assert courriers._adresse(courrier) == "informatiqueetlibertes@carsat-bretagne.fr"


def au_mois_suivant() -> datetime:
    """Its first instant, in Paris."""
    dans_le_mois = horloge.aujourd_hui().replace(day=1) + timedelta(days=40)
    return horloge.minuit(dans_le_mois.replace(day=1))


def test_la_synthese_du_mois_part_une_fois_a_chaque_dpo(parties: Personas) -> None:
    verifier()
    mois_suivant = au_mois_suivant()
    for _ in range(2):
        surveillance.resumer_le_mois(maintenant=mois_suivant)
    assert {c.agent for c in CourrierDeCompte.objects.filter(objet=DU_MOIS)} == {
        parties.dpo_departement.agent,
        parties.dpo_caisse.agent,
    }
    assert CourrierDeCompte.objects.count() == 2


def test_la_synthese_donne_de_quoi_prouver(parties: Personas) -> None:
    verifier()
    mois_suivant = au_mois_suivant()
    surveillance.resumer_le_mois(maintenant=mois_suivant)
    texte = courriers.corps(CourrierDeCompte.objects.get(organisation=CARSAT))
    with pour(CD35):
        repere = Repere.objects.de(CD35).last()
    assert repere
    assert repere.sequence >= 3
    assert f"\nEmpreinte\u00a0: {repere.sequence}:{bytes(repere.empreinte).hex()}\n" in texte
    assert [une.chaine for une in verificateur.cles_de(texte)] == [CARSAT, CD35, SYSTEME]
    assert "Journal reçu\u00a0: le Département d’Ille-et-Vilaine" in texte
    assert "Vérifications\u00a0: 1, sans défaut." in texte
    assert "Repères signés\u00a0: 1." in texte


def test_la_synthese_d_un_mois_sans_rien_se_lit_aussi(parties: Personas) -> None:
    ancien = datetime(2026, 3, 1, 7, 0, tzinfo=ZoneInfo("Europe/Paris"))
    surveillance.resumer_le_mois(maintenant=ancien)
    texte = courriers.corps(CourrierDeCompte.objects.get(organisation=CD35))
    assert texte.count("Aucun repère signé.") == 3
    assert "à la fin de février\u00a02026" in texte
