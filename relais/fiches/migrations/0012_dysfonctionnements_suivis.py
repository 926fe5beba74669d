from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent.parent / "sql" / "mur_dysfonctionnements.sql"
ETATS = [
    ("signale", "À prendre en main"),
    ("pris", "Un référent s’en occupe"),
    ("repondu", "Répondu"),
    ("clos", "Clos"),
]
REPONSES = [
    ("corrige", "Le problème est corrigé"),
    ("relance", "La réponse attendue a été relancée"),
    ("a_completer", "La fiche est à compléter par son auteur"),
    ("cadre_rappele", "Le cadre de la convention a été rappelé"),
    ("technique", "Transmis à l’administrateur technique"),
    ("dpo", "Transmis aux délégués à la protection des données"),
    ("comite", "À examiner en comité de suivi"),
    ("rien", "Vérification faite, le canal a fonctionné comme prévu"),
]
SUITES = [
    ("professionnel", "Le professionnel qui a signalé"),
    ("caisse", "La caisse"),
    ("referent_departement", "Le référent du Département"),
    ("referent_caisse", "Le référent de la caisse"),
    ("personne", "Personne : il n’y a plus rien à faire"),
]


def partie(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="annuaire.organisation",
        **options,
    )


def ajouter(nom, champ):
    return migrations.AddField("dysfonctionnement", nom, champ)


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0001_initial"),
        ("fiches", "0011_a_verser_au_dossier"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        ajouter("departement", partie(null=True)),
        ajouter("caisse", partie(null=True)),
        ajouter("reponse_due_le", models.DateTimeField(null=True)),
        ajouter("etat", models.CharField(choices=ETATS, default="signale", max_length=10)),
        ajouter("pris_le", models.DateTimeField(null=True)),
        ajouter("repondu_le", models.DateTimeField(null=True)),
        ajouter(
            "reponse", models.CharField(blank=True, choices=REPONSES, default="", max_length=20)
        ),
        ajouter("suite", models.CharField(blank=True, choices=SUITES, default="", max_length=25)),
        ajouter("clos_le", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FaitDysfonctionnement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("etat", models.CharField(choices=ETATS, max_length=10)),
                ("reponse", models.CharField(blank=True, choices=REPONSES, max_length=20)),
                ("suite", models.CharField(blank=True, choices=SUITES, max_length=25)),
                ("le", models.DateTimeField()),
                ("caisse", partie()),
                ("departement", partie()),
                ("organisation", partie()),
                (
                    "dysfonctionnement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faits",
                        to="fiches.dysfonctionnement",
                    ),
                ),
                (
                    "par",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["le", "pk"]},
        ),
        # The parties of those reported before, then the wall.
        migrations.RunSQL(
            SQL.read_text(),
            migrations.RunSQL.noop,
            state_operations=[
                migrations.AlterField("dysfonctionnement", "departement", partie()),
                migrations.AlterField("dysfonctionnement", "caisse", partie()),
                migrations.AlterField(
                    "dysfonctionnement", "reponse_due_le", models.DateTimeField()
                ),
                migrations.AlterField(
                    "dysfonctionnement",
                    "reponse",
                    models.CharField(blank=True, choices=REPONSES, max_length=20),
                ),
                migrations.AlterField(
                    "dysfonctionnement",
                    "suite",
                    models.CharField(blank=True, choices=SUITES, max_length=25),
                ),
            ],
        ),
        migrations.AddConstraint(
            "dysfonctionnement",
            models.CheckConstraint(
                condition=Q(
                    ("etat__in", ("repondu", "clos")),
                    _negated=True,
                )
                | Q(("repondu_le__isnull", False))
                & Q(("reponse", ""), _negated=True)
                & Q(("suite", ""), _negated=True),
                name="dysfonctionnement_repondu_dit_quoi_et_qui",
            ),
        ),
        migrations.AddConstraint(
            "dysfonctionnement",
            models.CheckConstraint(
                condition=Q(("etat", "clos"), _negated=True) | Q(("clos_le__isnull", False)),
                name="dysfonctionnement_clos_a_une_date",
            ),
        ),
        migrations.AddIndex(
            "dysfonctionnement",
            models.Index(fields=["departement", "-signale_le"], name="dysfonct_departement"),
        ),
        migrations.AddIndex(
            "dysfonctionnement",
            models.Index(fields=["caisse", "-signale_le"], name="dysfonct_caisse"),
        ),
        migrations.AddIndex(
            "dysfonctionnement",
            models.Index(fields=["par", "-signale_le"], name="dysfonct_de_l_agent"),
        ),
        migrations.AddIndex(
            "fiche",
            models.Index(fields=["departement", "transmise_le"], name="fiche_envoyees_departement"),
        ),
        migrations.AddIndex(
            "fiche",
            models.Index(fields=["caisse", "transmise_le"], name="fiche_envoyees_caisse"),
        ),
        migrations.AlterField(
            "avis",
            "objet",
            models.CharField(
                choices=[
                    ("demande_urgente", "Demande urgente"),
                    ("reponse_a_demande_urgente", "Réponse à demande urgente"),
                    ("dysfonctionnement", "Dysfonctionnement signalé"),
                    (
                        "suite_dysfonctionnement",
                        "Du nouveau sur un dysfonctionnement que vous avez signalé",
                    ),
                    ("rapprochement", "Deux fiches à rapprocher"),
                    ("rappel_reponse", "Rappel : une fiche attend"),
                    ("rappel_retard", "Rappel : une fiche attend"),
                    ("rappel_etape", "Rappel : une fiche attend"),
                    ("rappel_complement", "Rappel : une fiche attend"),
                    ("rappel_lecture", "Rappel : une fiche attend"),
                    ("point_du_jour", "Point du jour"),
                ],
                max_length=30,
            ),
        ),
    ]
