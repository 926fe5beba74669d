from django.db import migrations, models


class Migration(migrations.Migration):
    # The list of an équipe follows the date of creation: no sort of its whole past.
    dependencies = [("fiches", "0002_mur")]
    operations = [
        migrations.RemoveIndex(model_name="fiche", name="fiche_equipe"),
        migrations.AddIndex(
            model_name="fiche",
            index=models.Index(fields=["equipe", "-creee_le"], name="fiche_equipe_creee"),
        ),
    ]
