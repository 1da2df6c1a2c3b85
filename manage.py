#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timetracker.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        if sys.argv[1:2] == ["doctor"]:
            from timetracker.web.management.commands.doctor import report_settings

            report_settings(str(error), as_json="--json" in sys.argv)
            sys.exit(1)
        sys.exit(f"Not started: {error}")
