"""What whoever runs the machine needs: health, addresses."""
