from pathlib import Path
from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parent.parent / "sql" / "titres_en_clair.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reperage", "0006_compte_du")]
    operations: ClassVar = [
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
        migrations.AddField("correspondance", "servie_le", models.DateField(null=True)),
        migrations.AlterField("correspondance", "servie_le", models.DateField()),
        migrations.AddField("import", "essais", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("export", "retire_le", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("export", "export_pris_une_fois"),
        migrations.AddConstraint(
            "export",
            models.CheckConstraint(
                condition=Q(pris_le=None, retire_le=None, contenu__isnull=False)
                | Q(pris_le__isnull=False, retire_le=None, contenu=None)
                | Q(pris_le=None, retire_le__isnull=False, contenu=None),
                name="export_pris_une_fois",
            ),
        ),
    ]
