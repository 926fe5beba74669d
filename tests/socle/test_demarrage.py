"""What is refused before anything is served."""

import pytest

from relais.socle import demarrage


@pytest.mark.parametrize("historique", [".git", ".svn", ".hg"])
def test_une_installation_en_https_refuse_l_historique_du_programme(settings, tmp_path, historique):
    settings.BASE_DIR, settings.HTTPS = tmp_path, True
    demarrage.refuser_un_historique()
    (tmp_path / historique).mkdir()
    with pytest.raises(SystemExit, match="historique"):
        demarrage.verifier_tout()


def test_sur_le_poste_de_qui_developpe_il_ne_gene_pas(settings, tmp_path):
    settings.BASE_DIR, settings.HTTPS = tmp_path, False
    (tmp_path / ".git").mkdir()
    demarrage.refuser_un_historique()
