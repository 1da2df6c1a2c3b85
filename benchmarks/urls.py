from django.urls import path

from benchmarks.floor import empty_page, empty_write
from timetracker.urls import urlpatterns as product

urlpatterns = [path("floor/page/", empty_page), path("floor/write/", empty_write), *product]
