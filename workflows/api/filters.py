from __future__ import annotations

import django_filters as filters

from tracking.api.filters import ChoicesFilter, FilterSet, SearchFilter, YesNoFilter
from workflows.triggers import TRIGGERS


class RuleFilters(FilterSet):
    enabled = YesNoFilter()
    trigger_type = ChoicesFilter(choices=[(name, name) for name in TRIGGERS])
    search = SearchFilter("name")
    ordering = filters.OrderingFilter(fields=["id", "name"])
