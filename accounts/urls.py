from django.urls import path

from accounts.views import invitations, palette, people, security, settings, setup, teams

app_name = "accounts"
urlpatterns = [
    path("setup/", setup.setup_needed, name="setup-needed"),
    path("setup/<str:secret>/", setup.setup, name="setup"),
    path("invite/<str:secret>/", invitations.accept, name="invitation"),
    path("palette/", palette.palette, name="palette"),
    path("palette/used/", palette.used, name="palette-used"),
    path("people/", people.people, name="people"),
    path("people/bulk/", people.people_bulk, name="people-bulk"),
    path("people/invite/", invitations.invite, name="invite"),
    path("people/invite/<int:pk>/withdraw/", invitations.withdraw, name="invitation-withdraw"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="person-reactivate"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.new_team, name="team-new"),
    path("teams/restore/", teams.restore, name="team-restore"),
    path("teams/<int:pk>/", teams.team, name="team"),
    path("teams/<int:pk>/delete/", teams.delete, name="team-delete"),
    path("settings/", settings.profile, name="profile"),
    path("settings/theme/", settings.theme, name="theme"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/sessions/end/", security.end_others, name="sessions-end"),
    path("settings/security/sessions/<int:pk>/end/", security.end_one, name="session-end"),
    path("settings/tokens/", settings.tokens, name="tokens"),
    path("settings/tokens/<str:digest>/revoke/", settings.revoke, name="token-revoke"),
    path("settings/organisation/", settings.organisation, name="organisation"),
]
