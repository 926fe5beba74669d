from pathlib import Path

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Events and links by month, and what is kept of the months dropped: see the SQL beside."""

    dependencies = [("journal", "0007_cle_du_certificat")]

    operations = [
        migrations.CreateModel(
            name="MoisSupprime",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("organisation", models.CharField(max_length=40)),
                ("fin", models.DateTimeField()),
                ("sequence", models.BigIntegerField()),
                ("empreinte", models.BinaryField()),
                ("nombre", models.BigIntegerField()),
                ("supprime_le", models.DateTimeField()),
                ("cle", models.CharField(max_length=16)),
                ("signature", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "fin"), name="journal_moissupprime_fin_unique"
                    ),
                    models.CheckConstraint(
                        condition=Q(("nombre__gt", 0), ("sequence__gte", F("nombre"))),
                        name="journal_moissupprime_nombres",
                    ),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(
            # A month keeps its own; the parent could only have it with the time in it.
            state_operations=[
                migrations.RemoveConstraint("maillon", "journal_maillon_sequence_unique")
            ],
            database_operations=[
                migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
            ],
        ),
    ]
