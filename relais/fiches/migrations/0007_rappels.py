from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "rappels.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("annuaire", "0001_initial"),
        ("fiches", "0006_passage_de_main"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Courriels",
            fields=[
                (
                    "agent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "choix",
                    models.CharField(
                        choices=[
                            ("chacun", "Un courriel à chaque nouvelle"),
                            ("point", "Un seul courriel par jour, le point du jour"),
                            ("aucun", "Aucun courriel"),
                        ],
                        max_length=6,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="avis",
            name="derniere_heure_utile",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="avis",
            name="objet",
            field=models.CharField(
                choices=[
                    ("demande_urgente", "Demande urgente"),
                    ("reponse_a_demande_urgente", "Réponse à demande urgente"),
                    ("dysfonctionnement", "Dysfonctionnement signalé"),
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
        migrations.CreateModel(
            name="PointDuJour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("jour", models.DateField()),
                ("reponses_a_lire", models.PositiveIntegerField(default=0)),
                ("precisions_demandees", models.PositiveIntegerField(default=0)),
                ("fiches_en_charge", models.PositiveIntegerField(default=0)),
                ("fiches_nouvelles", models.PositiveIntegerField(default=0)),
                ("fiches_en_retard", models.PositiveIntegerField(default=0)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="avis",
            name="point",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="avis",
                to="fiches.pointdujour",
            ),
        ),
        migrations.CreateModel(
            name="Rappel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("attente", "attente"),
                            ("echeance", "echeance"),
                            ("retard", "retard"),
                            ("etape", "etape"),
                            ("complement", "complement"),
                            ("lecture", "lecture"),
                        ],
                        max_length=12,
                    ),
                ),
                ("du_le", models.DateTimeField()),
                ("fait_le", models.DateTimeField(null=True)),
                (
                    "suite",
                    models.CharField(
                        blank=True,
                        choices=[("envoye", "Envoyé"), ("sans_objet", "Sans objet")],
                        max_length=10,
                    ),
                ),
                (
                    "caisse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annuaire.organisation",
                    ),
                ),
                (
                    "departement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annuaire.organisation",
                    ),
                ),
                (
                    "fiche",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rappels",
                        to="fiches.fiche",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annuaire.organisation",
                    ),
                ),
                (
                    "tour",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rappels",
                        to="fiches.tour",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="avis",
            name="rappel",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="avis",
                to="fiches.rappel",
            ),
        ),
        migrations.AddConstraint(
            model_name="avis",
            constraint=models.UniqueConstraint(
                condition=models.Q(("rappel__isnull", False)),
                fields=("rappel", "agent"),
                name="avis_unique_par_rappel_et_agent",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="pointdujour",
            constraint=models.UniqueConstraint(
                fields=("agent", "jour"), name="point_unique_par_jour"
            ),
        ),
        migrations.AddIndex(
            model_name="rappel",
            index=models.Index(
                condition=models.Q(("fait_le__isnull", True)),
                fields=["organisation", "du_le", "id"],
                name="rappel_du",
            ),
        ),
        migrations.AddConstraint(
            model_name="rappel",
            constraint=models.UniqueConstraint(
                fields=("tour", "organisation", "nature", "du_le"), name="rappel_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="rappel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fait_le__isnull", True), ("suite", "")),
                    models.Q(("fait_le__isnull", False), models.Q(("suite", ""), _negated=True)),
                    _connector="OR",
                ),
                name="rappel_fait_a_une_suite",
            ),
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
