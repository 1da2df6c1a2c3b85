from django.urls import path

from timetracker.metrics.views import metrics, performance, to_mend

app_name = "metrics"
urlpatterns = [
    path("metrics", metrics, name="metrics"),
    path("settings/performance/", performance, name="performance"),
    path("settings/performance/to-mend/", to_mend, name="to-mend"),
]
