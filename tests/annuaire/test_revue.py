"""The quarterly review: every right, confirmed or withdrawn, dated and signed."""

from datetime import date, timedelta

from relais.annuaire.models import Affectation
from relais.socle import horloge
from tests.annuaire.comptes import requetes
from tests.annuaire.gestes import journal
from tests.personas import CREES_LE, connecter

REVUE = "/comptes/revue/"


def test_un_droit_est_a_revoir_trois_mois_apres(personas):
    assert CREES_LE.date() == date(2026, 1, 5)
    assert personas.ts_rennes.a_revoir_le == date(2026, 4, 5)


def test_la_page_donne_chaque_droit_de_l_organisation_et_ce_qui_est_echu(personas):
    page = connecter(personas.admin_departement).get(REVUE)
    siennes = Affectation.objects.filter(organisation="cd35", active=True).count()
    assert page.context["page"].paginator.count == siennes
    assert "À revoir" in page.content.decode()
    assert "Kim" not in page.content.decode()


def test_confirmer_date_la_revue_et_repousse_la_suivante(personas):
    navigateur = connecter(personas.admin_departement)
    une = personas.ts_rennes
    navigateur.post(REVUE, {"role": [une.pk, personas.ts_redon.pk]})
    une.refresh_from_db()
    assert une.revue_par == personas.admin_departement.agent
    assert une.revue_le is not None
    assert une.a_revoir_le > horloge.aujourd_hui() + timedelta(days=80)
    assert [j[0] for j in journal("cd35")].count("revue_des_droits") == 2


def test_la_page_coute_autant_quand_tout_est_confirme(personas):
    navigateur = connecter(personas.admin_departement)
    avant = requetes(navigateur, REVUE)
    confirmes = [personas.ts_rennes, personas.ts_redon, personas.encadrante_rennes]
    navigateur.post(REVUE, {"role": [une.pk for une in confirmes]})
    apres = requetes(navigateur, REVUE)
    assert navigateur.get(REVUE).content.decode().count("par Ina Essai") == 3
    assert len(apres) == len(avant), apres


def test_tout_confirme_la_page_dit_la_prochaine_revue(personas):
    demain = horloge.aujourd_hui() + timedelta(days=1)
    Affectation.objects.update(a_revoir_le=demain)
    page = connecter(personas.admin_departement).get(REVUE).content.decode()
    assert "Prochaine revue le" in page


def test_nul_ne_confirme_son_propre_droit(personas):
    navigateur = connecter(personas.admin_departement)
    soi = personas.admin_departement
    assert navigateur.post(REVUE, {"role": soi.pk}).status_code == 403
    assert f'value="{soi.pk}"' not in navigateur.get(REVUE).content.decode()


def test_le_droit_d_une_autre_organisation_ne_se_confirme_pas(personas):
    connecter(personas.admin_departement).post(
        REVUE, {"role": [personas.agent_caisse.pk, "abc", "9" * 30]}
    )
    personas.agent_caisse.refresh_from_db()
    assert personas.agent_caisse.revue_le is None


def test_ce_qui_reste_a_revoir_se_voit_sur_la_page_des_comptes(personas):
    assert (
        "droits à revoir" in connecter(personas.admin_departement).get("/comptes/").content.decode()
    )
