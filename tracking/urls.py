from django.urls import include, path

app_name = "tracking"
urlpatterns = [
    path("", include("tracking.urls_time")),
    path("", include("tracking.urls_work")),
]
