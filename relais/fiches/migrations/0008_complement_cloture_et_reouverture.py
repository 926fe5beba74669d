import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    # What a complement, a withdrawal, a closing by itself and a reopening need to remember.

    dependencies = [
        ("fiches", "0007_rappels"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="fiche",
            name="fiche_en_cours_agent",
        ),
        migrations.RemoveIndex(
            model_name="fiche",
            name="fiche_en_cours_equipe",
        ),
        migrations.AddField(
            model_name="brouillon",
            name="geste",
            field=models.CharField(
                choices=[
                    ("transmettre", "transmettre"),
                    ("completer", "completer"),
                    ("redemander", "redemander"),
                    ("rouvrir", "rouvrir"),
                ],
                default="transmettre",
                max_length=30,
            ),
        ),
        migrations.AddField(
            model_name="fiche",
            name="cloture_office_le",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="fiche",
            name="complement_recu_le",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="fiche",
            name="motif_retrait",
            field=models.CharField(
                blank=True,
                choices=[
                    ("deces", "deces"),
                    ("opposition", "opposition"),
                    ("case_reprise", "case_reprise"),
                    ("autre_demarche", "autre_demarche"),
                    ("erreur", "erreur"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="fiche",
            name="retiree_le",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="fiche",
            name="rouverte_le",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="tour",
            name="attente",
            field=models.DurationField(default=datetime.timedelta),
        ),
        migrations.AddField(
            model_name="tour",
            name="complement_demande_le",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="fiche",
            index=models.Index(
                condition=models.Q(
                    models.Q(("statut__in", ("close", "retiree")), _negated=True),
                    models.Q(("reponse_lue_le__isnull", True), ("statut", "close")),
                    models.Q(("rouverte_le__isnull", False), ("statut", "close")),
                    _connector="OR",
                ),
                fields=["proprietaire", "-creee_le"],
                name="fiche_en_cours_agent",
            ),
        ),
        migrations.AddIndex(
            model_name="fiche",
            index=models.Index(
                condition=models.Q(
                    models.Q(("statut__in", ("close", "retiree")), _negated=True),
                    models.Q(("reponse_lue_le__isnull", True), ("statut", "close")),
                    models.Q(("rouverte_le__isnull", False), ("statut", "close")),
                    _connector="OR",
                ),
                fields=["equipe", "-creee_le"],
                name="fiche_en_cours_equipe",
            ),
        ),
        migrations.AddIndex(
            model_name="fiche",
            index=models.Index(
                condition=models.Q(("cloture_office_le__isnull", False)),
                fields=["departement", "cloture_office_le"],
                name="fiche_a_clore_d_office",
            ),
        ),
        migrations.AddConstraint(
            model_name="fiche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cloture_office_le__isnull", True),
                    ("statut__in", ("repondue", "hors_perimetre")),
                    _connector="OR",
                ),
                name="fiche_cloture_d_office_une_fois_traitee",
            ),
        ),
        migrations.AddConstraint(
            model_name="fiche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("motif_retrait", ""), ("retiree_le__isnull", True)),
                    models.Q(
                        ("retiree_le__isnull", False),
                        ("statut", "retiree"),
                        models.Q(("motif_retrait", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="fiche_retiree_a_une_date_et_un_motif",
            ),
        ),
        migrations.AddConstraint(
            model_name="fiche",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rouverte_le__isnull", True), ("statut", "close"), _connector="OR"
                ),
                name="fiche_rouverte_etait_close",
            ),
        ),
    ]
