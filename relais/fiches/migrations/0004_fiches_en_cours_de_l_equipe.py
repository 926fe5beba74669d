from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("fiches", "0003_fiches_de_l_equipe")]
    operations = [
        migrations.AddIndex(
            model_name="fiche",
            index=models.Index(
                fields=["equipe", "-creee_le"],
                condition=~Q(statut__in=("close", "retiree")),
                name="fiche_en_cours_equipe",
            ),
        ),
    ]
