from django.urls import path

from workflows.views import builder, gallery, history, rules, versions

app_name = "workflows"
urlpatterns = [
    path("workflows/", rules.rules, name="rules"),
    path("workflows/gallery/", gallery.gallery, name="gallery"),
    path("workflows/history/", history.history, name="history"),
    path("workflows/new/", builder.rule_new, name="new"),
    path("workflows/import/", builder.rule_import, name="import"),
    path("workflows/draft/", builder.draft, name="draft"),
    path("workflows/draft/try/", builder.draft_try, name="draft-try"),
    path("workflows/runs/<int:pk>/", history.run, name="run"),
    path("workflows/runs/<int:pk>/again/", history.run_again, name="run-again"),
    path("workflows/<int:pk>/", history.rule, name="rule"),
    path("workflows/<int:pk>/edit/", builder.rule_edit, name="edit"),
    path("workflows/<int:pk>/misses/", history.misses, name="misses"),
    path("workflows/<int:pk>/versions/", versions.versions, name="versions"),
    path("workflows/<int:pk>/versions/<int:number>/", versions.roll_back_to, name="roll-back"),
    path("workflows/<int:pk>/try/", history.rule_try, name="try"),
    path("workflows/<int:pk>/export/", rules.rule_export, name="export"),
    path("workflows/<int:pk>/on/", rules.rule_switch, {"enabled": True}, name="on"),
    path("workflows/<int:pk>/off/", rules.rule_switch, {"enabled": False}, name="off"),
    path("workflows/<int:pk>/secret/", rules.rule_secret, name="secret"),
    path("workflows/<int:pk>/secret/new/", rules.rule_secret_new, name="secret-new"),
    path("workflows/<int:pk>/delete/", rules.rule_delete, name="delete"),
    path("workflows/<int:pk>/restore/", rules.rule_restore, name="restore"),
]
