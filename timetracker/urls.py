from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("timetracker.web.urls")),
    path("", include("timetracker.metrics.urls")),
    path("", include("tracking.urls")),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("workflows.urls")),
    path("", include("analytics.urls")),
    path("accounts/", include("accounts.urls_sign_in")),
    path("admin/", admin.site.urls),
    path("api/", include("timetracker.api")),
]

handler400 = "timetracker.web.views.bad_request"
handler403 = "timetracker.web.views.permission_denied"
handler404 = "timetracker.web.views.page_not_found"
handler500 = "timetracker.web.views.server_error"
