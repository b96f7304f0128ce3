"""People who mean harm. ``table.py`` says what is tried, what comes back, and which test shows it."""
