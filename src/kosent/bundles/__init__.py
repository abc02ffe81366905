"""What lies on disk: trained models as checked files."""
