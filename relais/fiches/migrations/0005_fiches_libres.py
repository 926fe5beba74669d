from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    # « Prendre la suivante » reads one row: it sorted every new fiche to find the first.
    dependencies = [("fiches", "0004_fiches_en_cours_de_l_equipe")]
    operations = [
        migrations.AddIndex(
            model_name="fiche",
            index=models.Index(
                fields=["caisse", "derniere_heure_utile", "reponse_due_le", "id"],
                condition=Q(statut="transmise", chargee_a=None),
                name="fiche_libres",
            ),
        ),
    ]
