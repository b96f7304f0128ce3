"""What whoever runs the machine needs: health, addresses, open files, a terminal that nobody else steers."""
