from django.urls import path

from notifications.views import centre, changes, devices, mute, preferences, reminders, triggers

app_name = "notifications"
urlpatterns = [
    path("notifications/", centre.notifications, name="list"),
    path("notifications/bell/", centre.bell, name="bell"),
    path("notifications/panel/", centre.panel, name="panel"),
    path("notifications/shown/", changes.shown, name="shown"),
    path("notifications/read/", changes.read_all, name="read-all"),
    path("notifications/several/", changes.several, name="several"),
    path("notifications/undo/", changes.undo, name="undo"),
    path("notifications/<int:pk>/open/", changes.open_one, name="open"),
    path("notifications/<int:pk>/act/", changes.act_on_one, name="act"),
    path("notifications/<int:pk>/menu/", centre.menu, name="menu"),
    path("notifications/<int:pk>/snooze/", changes.snooze_one, name="snooze"),
    path("notifications/<int:pk>/mute/", changes.mute_one, name="mute"),
    path("notifications/<int:pk>/restore/", changes.restore_one, name="restore"),
    path("notifications/<int:pk>/<slug:deed>/", changes.change_one, name="change"),
    path("notifications/away/", triggers.away, name="away"),
    path("notifications/away/<int:entry_id>/<slug:deed>/", triggers.idle, name="idle"),
    path("notifications/triggers/<slug:kind>/not-today/", triggers.put_off, name="not-today"),
    path("notifications/triggers/<slug:kind>/stop/", triggers.stop, name="stop-trigger"),
    path("notifications/reminders/", reminders.reminders, name="reminders"),
    path("notifications/reminders/new/", reminders.reminder_new, name="reminder-new"),
    path("notifications/reminders/<int:pk>/cancel/", reminders.reminder_cancel, name="reminder-cancel"),
    path("notifications/mute/<str:token>/", mute.mute_by_link, name="mute-link"),
    path("notifications/mute/<str:token>/undo/", mute.unmute_by_link, name="unmute-link"),
    path("settings/notifications/", preferences.preferences, name="preferences"),
    path("settings/notifications/defaults/", preferences.defaults, name="defaults"),
    path("settings/notifications/devices/", devices.devices, name="devices"),
    path("settings/notifications/devices/<int:pk>/remove/", devices.remove, name="device-remove"),
    path("sw.js", devices.worker, name="worker"),
    path("settings/notifications/held/", preferences.held, name="held"),
    path("settings/notifications/test/", preferences.test, name="test"),
]
