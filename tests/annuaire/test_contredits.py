"""A chain rewritten in the database, without any key: what the other party holds tells it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from relais.annuaire import surveillance
from relais.annuaire.courriers import corps
from relais.annuaire.models import CourrierDeCompte
from relais.coffre.models import CleSignature
from relais.journal import export, mois
from relais.journal.models import SYSTEME, Evenement, FauteDite, Repere
from relais.journal.mur import pour
from relais.journal.verificateur import TOUT, Defaut
from relais.socle import horloge
from relais.socle.models import Alerte
from tests.annuaire.test_surveillance import CARSAT, CD35, noter, parties, tenus, verdicts, verifier
from tests.journal.faussaire import falsifier
from tests.journal.temps import REFAIRE, finir_le_premier_mois, minuit_du_mois, vieillir
from tests.personas import creer_personas
from tests.rgpd.conftest import exploitant
from tests.rgpd.lame import lacher
from tests.rgpd.sauvegarde import restaurer, sauvegarder

__all__ = ["exploitant", "parties"]

UN_ACTE = """UPDATE journal_evenement e SET objet = 'ABCD-2345' FROM journal_maillon m
    WHERE m.evenement = e.id AND m.organisation = 'cd35' AND m.sequence = 2"""
LES_SIENS = "DELETE FROM journal_repere WHERE organisation = 'cd35' AND detenteur = 'cd35'"
TOUS = "DELETE FROM journal_repere WHERE organisation = 'cd35'"


@pytest.fixture
def vues(parties: Any, base: Any) -> Iterator[Any]:
    """Two heads of each chain, seen by both sides, then an act of the department rewritten."""
    noter(CD35, 2)
    surveillance.signer_et_deposer()
    verifier()
    assert courriers() == set()
    return base


def courriers() -> set[str]:
    """Whose DPO was written to; as many mails as that."""
    ecrits = [un.organisation_id for un in CourrierDeCompte.objects.all()]
    assert len(ecrits) == len(set(ecrits))
    return set(ecrits)


def alertes() -> set[str]:
    return set(Alerte.objects.filter(close_le=None).values_list("objet", flat=True))


def deposer(numero: int) -> None:
    with pour(CD35), connection.cursor() as curseur:
        curseur.execute("SELECT deposer_repere(%s, %s)", [numero, CARSAT])


def test_ce_que_l_autre_partie_tient_contredit_une_chaine_refaite(vues: Any) -> None:
    """The rewriter takes away the heads that the department holds of itself, and no other."""
    falsifier(vues, UN_ACTE, REFAIRE, LES_SIENS)
    verifier()
    assert verdicts(CD35) == {CD35: "contredit", CARSAT: "", SYSTEME: ""}
    assert verdicts(CARSAT) == {CD35: "contredit", CARSAT: "", SYSTEME: ""}
    assert courriers() == {CD35, CARSAT}
    assert alertes() == {"cd35:cd35", "carsat-bretagne:cd35"}
    verifier()
    assert courriers() == {CD35, CARSAT}
    assert Alerte.objects.count() == 2
    sien, autre = (corps(CourrierDeCompte.objects.get(organisation=un)) for un in (CD35, CARSAT))
    phrase = "la chaîne n’est plus celle d’un repère déjà remis"
    with pour(CARSAT):
        premier = Repere.objects.de(CD35)[0].sequence
    assert f"Votre journal\u00a0: {phrase} (acte n°\u00a0{premier})." in sien
    assert f"{phrase} (repère n°\u00a01)." in autre


def test_une_signature_d_apres_ne_couvre_pas_une_chaine_refaite(vues: Any) -> None:
    falsifier(vues, UN_ACTE, REFAIRE, LES_SIENS)
    noter(CD35)
    surveillance.signer_et_deposer()
    assert {n for de, n in tenus(CARSAT) if de == CD35} == {1, 2, 3}
    verifier()
    assert verdicts(CD35)[CD35] == verdicts(CARSAT)[CD35] == "contredit"
    assert courriers() == {CD35, CARSAT}


@pytest.mark.parametrize("signatures", [0, 1, 3])
def test_des_tetes_otees_des_deux_cotes_se_voient_des_deux_cotes(
    signatures: int, vues: Any
) -> None:
    """Even once the numbers given again went past those that were seen."""
    falsifier(vues, UN_ACTE, REFAIRE, TOUS)
    for _ in range(signatures):
        noter(CD35)
        surveillance.signer_et_deposer()
    for _ in range(2):
        verifier()
        assert verdicts(CD35)[CD35] == verdicts(CARSAT)[CD35] == "disparu"
        assert courriers() == {CD35, CARSAT}
        assert alertes() == {"cd35:cd35", "carsat-bretagne:cd35"}
    with pour(CARSAT):
        assert FauteDite.objects.filter(chaine=CD35).count() == 1


def test_ses_propres_tetes_otees_seules_se_voient(vues: Any) -> None:
    falsifier(vues, LES_SIENS)
    verifier()
    assert verdicts(CD35)[CD35] == verdicts(CARSAT)[CD35] == "disparu"
    texte = corps(CourrierDeCompte.objects.get(organisation=CD35))
    assert "Votre journal\u00a0: des repères déjà signés ont disparu (repère n°\u00a01)." in texte


def test_la_chaine_du_service_se_compare_aussi(vues: Any) -> None:
    noter(SYSTEME)
    surveillance.signer_et_deposer()
    falsifier(
        vues,
        "UPDATE journal_evenement SET objet = 'ABCD-2345' WHERE organisation = 'relais'",
        REFAIRE,
        "DELETE FROM journal_repere WHERE detenteur = 'relais'",
    )
    verifier()
    assert verdicts(SYSTEME) == {SYSTEME: "contredit"}
    assert verdicts(CD35)[SYSTEME] == verdicts(CARSAT)[SYSTEME] == "contredit"


def test_une_faute_nouvelle_se_dit_sous_une_deja_vue(vues: Any) -> None:
    """A lower number than one already told is news all the same."""
    falsifier(vues, "UPDATE journal_evenement SET nombre = 9 WHERE id = " + dit(4))
    verifier()
    assert courriers() == {CD35}
    CourrierDeCompte.objects.all().delete()
    falsifier(vues, "UPDATE journal_evenement SET nombre = 9 WHERE id = " + dit(1))
    verifier()
    assert courriers() == {CD35}
    verifier()
    assert courriers() == {CD35}


def test_un_repere_recu_qui_part_se_dit_quel_que_soit_son_numero(vues: Any) -> None:
    for _ in range(2):
        surveillance.signer_et_deposer()
    verifier()
    falsifier(
        vues,
        "DELETE FROM journal_repere"
        " WHERE detenteur = 'carsat-bretagne' AND organisation = 'cd35' AND numero = 3",
    )
    verifier()
    assert verdicts(CARSAT)[CD35] == Defaut.MANQUANT
    assert courriers() == {CARSAT}
    verifier()
    assert verdicts(CARSAT)[CD35] == ""
    assert courriers() == {CARSAT}


def dit(sequence: int) -> str:
    return (
        "(SELECT evenement FROM journal_maillon"
        f" WHERE organisation = 'cd35' AND sequence = {sequence})"
    )


def test_un_depot_deja_fait_se_refait_un_autre_se_refuse(vues: Any) -> None:
    deposer(1)
    falsifier(
        vues,
        "UPDATE journal_repere SET empreinte = sha256('autre')"
        " WHERE detenteur = 'cd35' AND organisation = 'cd35' AND numero = 1",
    )
    with pytest.raises(DatabaseError, match="already holds"):
        deposer(1)


def test_une_chaine_qui_ne_se_signe_pas_n_arrete_pas_les_autres(
    vues: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vrai = surveillance._deposer

    def refuser(numero: int, vers: str) -> None:
        if vers == CARSAT:
            raise DatabaseError("refused")
        vrai(numero, vers)

    monkeypatch.setattr(surveillance, "_deposer", refuser)
    with pytest.raises(ExceptionGroup):
        surveillance.signer_et_deposer()
    assert (CARSAT, 3) in tenus(CD35)
    assert (CD35, 3) not in tenus(CD35)


def confronter(mur: str, chaine: str) -> list[Any]:
    with pour(mur), connection.cursor() as curseur:
        curseur.execute("SELECT * FROM confronter_reperes(%s)", [chaine])
        return list(curseur.fetchall())


def test_la_confrontation_ne_montre_rien_du_journal_ni_a_un_tiers(vues: Any) -> None:
    falsifier(vues, UN_ACTE, REFAIRE, LES_SIENS)
    assert confronter(CD35, CD35) == confronter(CARSAT, CD35) != []
    assert {numero for numero, *_ in confronter(CARSAT, CD35)} == {1, 2}
    assert {(len(une), une[2]) for une in confronter(CARSAT, CD35)} == {(3, "contredit")}
    assert confronter("autre-caisse", CD35) == confronter("", CD35) == []
    with pour(CARSAT), connection.cursor() as curseur:
        assert not Evenement.objects.filter(organisation=CD35).exists()
        assert set(Repere.objects.values_list("detenteur", flat=True)) == {CARSAT}
        curseur.execute("SELECT set_config('relais.entretien', 'oui', true)")
        assert set(Repere.objects.values_list("detenteur", flat=True)) == {CARSAT}


# Honest histories: nobody is disturbed.


def silence() -> None:
    verifier()
    assert verdicts(CD35) == verdicts(CARSAT) == dict.fromkeys((CD35, CARSAT, SYSTEME), "")
    assert courriers() == alertes() == set()


def test_un_export_signe_entre_deux_depots_ne_derange_personne(vues: Any, tmp_path: Any) -> None:
    with (tmp_path / "export").open("wb") as vers:
        export.exporter(CD35, du=TOUT, au=horloge.maintenant() + timedelta(days=1), vers=vers)
    silence()
    surveillance.signer_et_deposer()
    assert {n for de, n in tenus(CARSAT) if de == CD35} == {1, 2, 3, 4}
    silence()


def test_des_mois_supprimes_ne_derangent_personne(base: Any) -> None:
    creer_personas()
    noter(CD35, 3)
    vieillir(base, mois=40)
    surveillance.signer_et_deposer()
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -38))
    mois.preparer()
    noter(CD35, 2)
    surveillance.signer_et_deposer()
    silence()
    assert mois.supprimer(apres_mois=36) > 0
    silence()
    noter(CD35)
    surveillance.signer_et_deposer()
    silence()


def test_une_nouvelle_cle_se_dit_une_seule_fois(vues: Any) -> None:
    CleSignature.objects.filter(organisation=CD35).delete()
    surveillance.signer_et_deposer()
    verifier()
    assert (verdicts(CD35)[CD35], verdicts(CARSAT)[CD35]) == ("", "cle")
    assert courriers() == {CARSAT}
    CourrierDeCompte.objects.all().delete()
    for _ in range(2):
        surveillance.signer_et_deposer()
        silence()


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("exploitant")
def test_une_restauration_ne_derange_personne(vues: Any, tmp_path: Any) -> None:
    """Acts, heads and verdicts younger than the backup go together."""
    faite = sauvegarder(tmp_path / "s")
    noter(CD35)
    surveillance.signer_et_deposer()
    silence()
    code, dit = restaurer(faite, "--confirmer")
    assert code == 0, dit
    assert {n for de, n in tenus(CARSAT) if de == CD35} == {1, 2}
    silence()
    noter(CD35, 2)
    surveillance.signer_et_deposer()
    silence()
    lacher()
