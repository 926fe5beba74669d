"""`relais restaurer`, as an operator runs it: what it refuses, what it gives back, what it never
gives back, and that nothing serves before."""

import json
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from relais.annuaire.models import Seance
from relais.coffre import copies, detruites, magasin
from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.models import Fiche
from relais.rgpd import sauvegardes
from relais.socle import horloge, presence
from relais.socle.base import supprimer_base
from relais.socle.models import Restauration
from tests.banc import Base, superutilisateur
from tests.fiches import gestes
from tests.fiches.canaris import CONTENU, trouves
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.personas import Personas, connecter
from tests.processus import attendre, processus, rassembler_le_statique, reglages_web, repond
from tests.rgpd.gestes import certifies, lisibles, purger
from tests.rgpd.lame import lacher
from tests.rgpd.sauvegarde import mises_de_cote, relais, restaurer, sauvegarder, sql
from tests.rgpd.test_residus_de_la_purge import lus, voler

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("exploitant")]
IL_Y_A_VINGT_JOURS = timedelta(days=19, hours=23)


def refusee(base: Base, dossier: Path, *options: str) -> str:
    """The sentence of a refusal, which changed nothing."""
    avant = sql(base, "SELECT oid FROM pg_database WHERE datname = current_database()")
    code, dit = restaurer(dossier, *options)
    assert code == 3, dit
    assert sql(base, "SELECT oid FROM pg_database WHERE datname = current_database()") == avant
    assert list(mises_de_cote(base)) == []
    return dit


def test_ce_qui_etait_purge_ne_revient_pas_et_ce_qui_vit_se_lit(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """Purged, recalled, deleted since the backup; every ciphertext stolen before is tried again."""
    ts = personnel.ts_rennes
    vieille = timezone.now() - IL_Y_A_VINGT_JOURS
    echues = [gestes.transmettre(ts, CONTENU, le=vieille) for _ in range(5)]
    rappelee = gestes.transmettre(ts, CONTENU, le=timezone.now())
    vivante = gestes.transmettre(ts, CONTENU, le=timezone.now())
    faite = sauvegarder(tmp_path / "s")
    voles = voler(base)
    assert len(list(lus(voles))) == 14
    connecter(ts).post(f"/fiches/{rappelee.reference}/rappeler/")
    purger(timezone.now() + timedelta(hours=2))
    perdue = gestes.transmettre(ts, CONTENU, le=timezone.now())
    apres_la_purge = len(list(lus(voles)))
    assert apres_la_purge == 8

    code, dit = restaurer(faite, "--confirmer")
    assert code == 0, dit
    assert len(list(lus(voler(base)))) == len(list(lus(voles))) == apres_la_purge
    for une in echues:
        assert (lisibles(une, CAISSE), lisibles(une, DEPARTEMENT)) == (0, 1)
        assert gestes.copies(une, CAISSE) == []
    assert (lisibles(rappelee, CAISSE), lisibles(rappelee, DEPARTEMENT)) == (0, 1)
    assert (lisibles(vivante, CAISSE), lisibles(vivante, DEPARTEMENT)) == (1, 1)
    assert set(trouves(b"\n".join(lus(voler(base))))) >= {"nom", "nir", "rue"}
    assert certifies(CAISSE) == {"restauration": 6}
    with gestes.vu_de(DEPARTEMENT):
        assert not Fiche.objects.filter(pk=perdue.pk).exists()  # younger than the backup
    lacher()
    assert trouves(faite.joinpath("base.dump").read_bytes()) == []


def sans_conversions(lignes: list[tuple[Any, ...]]) -> list[str]:
    """PostgreSQL writes the casts of a list otherwise once it has read them back."""
    return [re.sub(r"::(text|character varying)(\[\])?|[()\[\] ]", "", str(un)) for un in lignes]


def test_les_roles_le_mur_et_les_droits_sont_ceux_d_avant(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    droits = (
        "SELECT relname, ARRAY(SELECT a::text FROM unnest(relacl) a ORDER BY 1),"
        " relowner::regrole::text, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'S') ORDER BY 1"
    )
    politiques = (
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
    )
    fonctions = (
        "SELECT oid::regprocedure::text, ARRAY(SELECT a::text FROM unnest(proacl) a ORDER BY 1),"
        " proowner::regrole::text, prosecdef"
        " FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
    )
    declencheurs = (
        "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid)"
        " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    tout = (droits, politiques, fonctions, declencheurs)
    avant = [sans_conversions(sql(base, une)) for une in tout]
    faite = sauvegarder(tmp_path / "s")
    assert restaurer(faite, "--confirmer")[0] == 0
    assert [sans_conversions(sql(base, une)) for une in tout] == avant
    with psycopg.connect(base.url("execution")) as sans_organisation:
        assert sans_organisation.execute("SELECT count(*) FROM fiches_fiche").fetchone() == (0,)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        psycopg.connect(base.url("execution")) as sans_droit,
    ):
        sans_droit.execute("DELETE FROM journal_evenement")


def test_le_service_debout_la_restauration_refuse_puis_le_service_repart(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """Real processes of both kinds, and the real command."""
    fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    rassembler_le_statique(base)
    faite, journal, port = sauvegarder(tmp_path / "s"), tmp_path / "journal.log", port_libre()
    with processus(base, ["servir"], journal, **reglages_web(port)):
        attendre(lambda: repond(port), journal)
        assert "Le service tourne encore" in refusee(base, faite, "--confirmer")
        assert repond(port)
    with processus(base, ["ouvrier"], journal):
        attendre(quelqu_un_sert, journal)
        assert "Le service tourne encore" in refusee(base, faite, "--confirmer")
    fait = relais(base, "restaurer", str(faite), "--confirmer")
    assert fait.returncode == 0, fait.stderr
    with processus(base, ["servir"], journal, **reglages_web(port)):
        attendre(lambda: repond(port), journal)
    assert lisibles(fiche, CAISSE) == 1
    lacher()


def quelqu_un_sert() -> bool:
    try:
        with presence.seul():
            return False
    except presence.ServicePresent:
        return True


def test_rien_ne_demarre_pendant_une_restauration(base: Base) -> None:
    lacher()
    with presence.seul():
        for commande in ("servir", "ouvrier"):
            fait = relais(base, commande)
            assert (fait.returncode, "restauration est en cours" in fait.stderr) == (1, True)
    assert not quelqu_un_sert()


def test_une_connexion_restee_ouverte_fait_refuser(base: Base, tmp_path: Path) -> None:
    """A console, a backup, a service on another machine: PostgreSQL sees them."""
    faite = sauvegarder(tmp_path / "s")
    lacher()
    with psycopg.connect(base.url("controle")):
        assert "sert encore (1 connexion(s))" in refusee(base, faite, "--confirmer")


def test_une_base_pleine_n_est_remplacee_que_sur_demande(base: Base, tmp_path: Path) -> None:
    """And the former one stays, under a name that is said."""
    faite = sauvegarder(tmp_path / "s")
    assert "n'est pas vide" in refusee(base, faite)
    sql(base, "INSERT INTO socle_cache VALUES ('témoin', '', now())")
    code, dit = restaurer(faite, "--confirmer")
    assert code == 0, dit
    assert "L'ancienne base s'appelle" in dit
    (avant,) = sql(base, f"SELECT datname FROM pg_database WHERE datname LIKE '{base.nom}_avant%'")
    temoin = "SELECT count(*) FROM socle_cache WHERE cache_key = 'témoin'"
    assert sql(base, temoin, str(avant[0])) == [(1,)]
    assert sql(base, temoin) == [(0,)]
    assert list(mises_de_cote(base)) == list(avant)


def test_deux_restaurations_dans_la_meme_seconde_se_font(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each former base keeps a name of its own."""
    faite, instant = sauvegarder(tmp_path / "s"), timezone.now()
    monkeypatch.setattr(horloge, "maintenant", lambda: instant)
    for _ in range(2):
        code, dit = restaurer(faite, "--confirmer")
        assert code == 0, dit
    assert len(list(mises_de_cote(base))) == 2


@pytest.mark.parametrize("vide", [True, False], ids=["vide", "absente"])
def test_une_base_vide_ou_absente_se_restaure_sans_confirmer(
    vide: bool, personnel: Personas, base: Base, tmp_path: Path
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    faite = sauvegarder(tmp_path / "s")
    lacher()
    with superutilisateur(base.banc) as admin:
        supprimer_base(admin, base.nom)
        if vide:
            admin.execute(f'CREATE DATABASE "{base.nom}" OWNER proprietaire TEMPLATE template0')
    code, dit = restaurer(faite.parent)  # their folder: the newest
    assert code == 0, dit
    assert lisibles(fiche, CAISSE) == 1
    assert list(mises_de_cote(base)) == []
    lacher()


def _couper(vidage: Path, manifeste: Path) -> None:
    vidage.write_bytes(vidage.read_bytes()[:-1])


def _alterer(vidage: Path, manifeste: Path) -> None:
    octets = bytearray(vidage.read_bytes())
    octets[len(octets) // 2] ^= 1
    vidage.write_bytes(octets)


def _perdre(vidage: Path, manifeste: Path) -> None:
    vidage.unlink()


def _dire(**autre: Any) -> Callable[[Path, Path], None]:
    def changer(vidage: Path, manifeste: Path) -> None:
        manifeste.write_text(json.dumps(json.loads(manifeste.read_text()) | autre))

    return changer


def _compter_une_ligne_de_plus(vidage: Path, manifeste: Path) -> None:
    lu = json.loads(manifeste.read_text())
    lu["lignes"]["annuaire_agent"] += 1
    manifeste.write_text(json.dumps(lu))


def _vider(vidage: Path, manifeste: Path) -> None:
    manifeste.write_text("{}")


FAUSSES: dict[str, tuple[Callable[[Path, Path], None], str]] = {
    "coupée": (_couper, "abîmé ou incomplet"),
    "altérée": (_alterer, "abîmé ou incomplet"),
    "sans vidage": (_perdre, "ne se lit pas"),
    "sans manifeste": (_vider, "n'est pas le manifeste"),
    "d'un autre format": (_dire(format=2), "version plus récente"),
    "plus récente": (_dire(migrations=["fiches.9999_demain"]), "version plus récente"),
    "d'une autre convention": (_dire(conventions={"ailleurs": "0"}), "autre convention"),
    "d'un autre coffre": (_dire(coffre=["ailleurs", 3]), "pas celui de cette sauvegarde"),
    "d'un autre contenu": (_compter_une_ligne_de_plus, "pas ce que dit le manifeste"),
    "sans le mur": (_dire(mur="0" * 64), "pas ce que dit le manifeste"),
}


def test_une_sauvegarde_qui_n_est_pas_son_manifeste_est_refusee(base: Base, tmp_path: Path) -> None:
    faite = sauvegarder(tmp_path / "s")
    dites = {}
    for nom, (alterer, phrase) in FAUSSES.items():
        autre = tmp_path / "t" / nom / faite.name
        autre.parent.mkdir(parents=True)
        subprocess.run(["cp", "-r", str(faite), str(autre)], check=True)
        alterer(autre / sauvegardes.VIDAGE, autre / sauvegardes.MANIFESTE)
        dit = refusee(base, autre, "--confirmer")
        dites[nom] = phrase in dit or dit
    assert dites == dict.fromkeys(FAUSSES, True)
    rien = refusee(base, tmp_path, "--confirmer")
    assert "aucune sauvegarde entière" in rien
    inachevee = faite.with_name(f"{faite.name}.part")
    faite.rename(inachevee)
    assert "aucune sauvegarde entière" in refusee(base, inachevee, "--confirmer")


def test_le_coffre_perdu_aussi_rien_ne_demarre_avant_qu_il_revienne(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """The whole machine: base, key store, and what was destroyed since both copies."""
    vivante = gestes.transmettre(personnel.ts_rennes, CONTENU, le=timezone.now())
    rappelee = gestes.transmettre(personnel.ts_rennes, CONTENU, le=timezone.now())
    faite = sauvegarder(tmp_path / "s")
    copies.copier()
    connecter(personnel.ts_rennes).post(f"/fiches/{rappelee.reference}/rappeler/")
    assert detruites.relire()
    lacher()
    with superutilisateur(base.banc) as admin:
        supprimer_base(admin, base.nom)
    magasin.chemin().unlink()

    code, dit = restaurer(faite)
    assert code == 4, dit
    assert "relais coffre retablir --confirmer" in dit
    servir = relais(base, "servir")
    assert servir.returncode == 1
    assert "Le coffre des clés manque" in servir.stderr
    retabli = relais(base, "coffre", "retablir", "--confirmer")
    assert retabli.returncode == 0, retabli.stderr
    assert not Restauration.objects.a_rejouer().exists()
    assert (lisibles(rappelee, CAISSE), lisibles(rappelee, DEPARTEMENT)) == (0, 1)
    assert (lisibles(vivante, CAISSE), lisibles(vivante, DEPARTEMENT)) == (1, 1)
    lacher()


def test_tant_que_le_rejeu_n_est_pas_fait_rien_ne_demarre(base: Base, tmp_path: Path) -> None:
    faite = sauvegarder(tmp_path / "s")
    lacher()
    ailleurs = magasin.chemin().rename(tmp_path / "coffre")
    assert restaurer(faite, "--confirmer")[0] == 4
    ailleurs.rename(magasin.chemin())
    for commande in ("servir", "ouvrier"):
        fait = relais(base, commande)
        assert fait.returncode == 1
        assert "n’ont pas été rejoués" in fait.stderr
    code, dit = restaurer(faite)  # again, without a word: it goes on
    assert code == 0, dit
    assert "déjà mise en place" in dit
    assert len(list(mises_de_cote(base))) == 1


def test_une_sauvegarde_d_avant_une_migration_revient_a_jour(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    lacher()
    recul = relais(base, "migrate", "socle", "0005", RELAIS_ROLE="proprietaire")
    assert recul.returncode == 0, recul.stderr
    faite = sauvegarder(tmp_path / "s")
    assert "socle_restauration" not in (faite / "manifeste.json").read_text()
    code, dit = restaurer(faite, "--confirmer")
    assert code == 0, dit
    assert relais(base, "migrer").returncode == 0
    assert lisibles(fiche, CAISSE) == 1
    lacher()


def test_les_sessions_d_alors_sont_fermees(personnel: Personas, base: Base, tmp_path: Path) -> None:
    """One that was ended since the backup would open again."""
    social = connecter(personnel.ts_rennes)
    faite = sauvegarder(tmp_path / "s")
    social.post("/compte/deconnexion/")
    assert restaurer(faite, "--confirmer")[0] == 0
    assert not Seance.objects.exists()
    lacher()
