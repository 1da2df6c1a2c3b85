from django.db import migrations


def drop(apps, schema_editor):
    from tracking.services.search_index import drop_search_index  # only on the way back

    drop_search_index(schema_editor.connection)


class Migration(migrations.Migration):
    """The index itself is made, here and whenever it is missing, once all migrations have run."""

    dependencies = [
        ('tracking', '0005_unpinned_favourites'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, drop),
    ]
