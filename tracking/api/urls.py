from django.urls import re_path

from timetracker.web.routers import OptionalSlashRouter
from tracking.api.clients import ClientViewSet
from tracking.api.entries import TimeEntryViewSet
from tracking.api.projects import ProjectViewSet
from tracking.api.reports import ReportViewSet
from tracking.api.tags import TagViewSet
from tracking.api.tasks import TaskViewSet
from tracking.api.timer import TimerViewSet

router = OptionalSlashRouter()
router.register("clients", ClientViewSet, "client")
router.register("projects", ProjectViewSet, "project")
router.register("tasks", TaskViewSet, "task")
router.register("tags", TagViewSet, "tag")
router.register("time-entries", TimeEntryViewSet, "time-entry")

urlpatterns = [
    *router.urls,
    re_path(r"^reports/?$", ReportViewSet.as_view({"get": "grouped"}), name="reports"),
    re_path(r"^timer/?$", TimerViewSet.as_view({"get": "current"}), name="timer"),
    *(
        re_path(rf"^timer/{name}/?$", TimerViewSet.as_view({"post": name}), name=f"timer-{name}")
        for name in ("start", "stop", "pause", "resume", "discard")
    ),
]
