"""The accounts and codes of a demonstration: three conditions, none of them enough."""

import psycopg
import pytest
from django.test import Client

from relais.annuaire.demonstration import MOT_DE_PASSE
from relais.socle import marque
from tests.annuaire.gestes import CODE, CONNEXION, donner_mot_de_passe, est_connecte
from tests.personas import creer_personas, poser_second_facteur

COMPTES = "Comptes de la démonstration"


@pytest.fixture
def marquee(base):
    """A base of one's own that bears the mark, with the personas and their applications."""
    with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
        connexion.execute(f"COMMENT ON SCHEMA public IS '{marque.MARQUE}'")
    personas = creer_personas()
    for affectation in personas.par_nom.values():
        affectation.agent.set_password(MOT_DE_PASSE)
        affectation.agent.save()
        poser_second_facteur(affectation.agent)
    return personas


def lire(adresse: str, client: Client | None = None, **options) -> str:
    return (client or Client()).get(adresse, **options).content.decode()


def test_la_page_de_connexion_donne_les_comptes_et_remplit_celui_qu_on_choisit(marquee, settings):
    settings.DEMONSTRATION = True
    page = lire(CONNEXION)
    assert COMPTES in page
    for une in (marquee.ts_rennes, marquee.agent_caisse, marquee.referent_departement):
        assert une.agent.email in page
        assert une.libelle.split(" · ")[0] in page
    remplie = lire(f"{CONNEXION}?compte={marquee.ts_rennes.agent.email}")
    assert f'value="{marquee.ts_rennes.agent.email}"' in remplie
    assert f'value="{MOT_DE_PASSE}"' in remplie


def test_un_compte_choisi_puis_le_code_affiche_ouvrent_la_session(marquee, settings):
    settings.DEMONSTRATION = True
    client = Client()
    donner_mot_de_passe(client, marquee.ts_rennes.agent.email, MOT_DE_PASSE)
    page = client.get(CODE)
    client.post(CODE, {"code": page.context_data["code"]})
    code = page.context_data["code"]
    assert f"{code[:3]} {code[3:]}" in page.content.decode()
    assert est_connecte(client)


@pytest.mark.parametrize("manque", ["reglage", "marque", "boucle locale", "sans mandataire"])
def test_sans_une_des_conditions_rien_ne_se_voit(marquee, settings, base, manque):
    settings.DEMONSTRATION = manque != "reglage"
    options = {}
    if manque == "boucle locale":
        options["REMOTE_ADDR"] = "192.0.2.7"
    if manque == "sans mandataire":
        options["HTTP_X_FORWARDED_FOR"] = "192.0.2.7"
    if manque == "marque":
        with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
            connexion.execute("COMMENT ON SCHEMA public IS NULL")
    adresse = marquee.ts_rennes.agent.email
    page = lire(f"{CONNEXION}?compte={adresse}", **options)
    assert COMPTES not in page
    assert MOT_DE_PASSE not in page
    assert f'value="{adresse}"' not in page
    client = Client()
    donner_mot_de_passe(client, adresse, MOT_DE_PASSE, **options)
    page = client.get(CODE, **options)
    assert page.status_code == 200
    assert page.context_data["code"] == ""
    assert "Code du moment" not in page.content.decode()


def test_une_adresse_inconnue_ne_remplit_rien(marquee, settings):
    settings.DEMONSTRATION = True
    page = lire(f"{CONNEXION}?compte=personne%22%3E%3Cscript@exemple.test")
    assert MOT_DE_PASSE not in page
    assert "<script@" not in page
