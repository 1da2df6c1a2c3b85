from django.dispatch import Signal

# Sent after the commit that ends set-up: organisation, administrator, load_demo (bool).
set_up_finished = Signal()
