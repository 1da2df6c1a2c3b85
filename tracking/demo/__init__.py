"""A believable team for trying the product out: `manage.py demo_data`. The same seed and day give the same data."""
