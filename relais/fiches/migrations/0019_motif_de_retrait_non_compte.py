from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    """Why requests were withdrawn was counted by month and équipe: no figure read it."""

    dependencies: ClassVar = [("fiches", "0018_cause_orpheline")]
    operations: ClassVar = [
        migrations.RunSQL(
            "DELETE FROM fiches_compteur WHERE code LIKE 'retrait:%'", migrations.RunSQL.noop
        )
    ]
