"""A nature of alert more: the key store does not answer."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("socle", "0001_initial")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="alerte",
            name="nature",
            field=models.CharField(
                choices=[
                    ("courriel", "Un courriel n’est pas parti"),
                    ("travail", "Une tâche de fond a échoué"),
                    ("coffre", "Le coffre des clés ne répond pas"),
                    ("copie_du_coffre", "La copie du coffre est en retard"),
                    ("journal", "Le journal est altéré"),
                    ("convention", "La convention a changé sans être enregistrée"),
                ],
                max_length=20,
            ),
        ),
    ]
