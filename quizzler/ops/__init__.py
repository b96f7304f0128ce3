"""What whoever runs the machine needs: health, metrics, the log, addresses, open files, a terminal that nobody else
steers."""
