"""Single-key shortcuts: off at first, each account's choice, on the pages of the caisse alone."""

from tests.fiches import gestes
from tests.personas import Personas, connecter

PAGE = "/aide/raccourcis/"
SCRIPT = "socle/raccourcis.js"


def test_inactifs_au_depart_et_au_choix_de_chacun(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    pages = ("/corbeille/", f"/fiches/{fiche.reference}/")
    qui, collegue = connecter(personas.agent_caisse), connecter(personas.agent_caisse_collegue)
    assert all(SCRIPT not in qui.get(page).content.decode() for page in pages)
    assert "ne sont pas actifs" in qui.get(PAGE).content.decode()
    assert "sont actifs" in qui.post(PAGE, {"actifs": "oui"}, follow=True).content.decode()
    for page in pages:
        assert SCRIPT in qui.get(page).content.decode()
        assert "aria-keyshortcuts" in qui.get(page).content.decode()
        assert SCRIPT not in collegue.get(page).content.decode()
    qui.post(PAGE, {"actifs": "non"})
    for page in pages:
        assert SCRIPT not in qui.get(page).content.decode()
        assert "aria-keyshortcuts" not in qui.get(page).content.decode()


def test_le_choix_suit_le_compte_d_une_session_a_l_autre(personas: Personas) -> None:
    connecter(personas.agent_caisse).post(PAGE, {"actifs": "oui"})
    assert SCRIPT in connecter(personas.agent_caisse).get("/corbeille/").content.decode()
