from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    name = "tracking"
    verbose_name = _("Time and work")

    def ready(self) -> None:
        # Models are not loaded yet when this module is imported.
        from accounts.signals import set_up_finished  # noqa: PLC0415
        from tracking.services.day_totals import split_by_billed  # noqa: PLC0415
        from tracking.services.search_index import keep_search_index  # noqa: PLC0415

        set_up_finished.connect(load_demo_data_when_chosen, dispatch_uid="tracking.load_demo_data")
        post_migrate.connect(keep_search_index, sender=self, dispatch_uid="tracking.keep_search_index")
        post_migrate.connect(split_by_billed, sender=self, dispatch_uid="tracking.split_by_billed")


def load_demo_data_when_chosen(*, load_demo: bool, **_kwargs: Any) -> None:
    if load_demo:
        from tracking.demo.load import load_demo_data  # noqa: PLC0415 - needs the models

        load_demo_data()
