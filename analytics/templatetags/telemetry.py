from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics.services.telemetry_switch import switch

register = template.Library()


@register.simple_tag
def usage_url() -> SafeString | str:
    """The attribute by which a page counts keys; nothing where telemetry is off."""
    return format_html(' data-usage-url="{}"', reverse("analytics:telemetry-shortcuts")) if switch.is_on() else ""
