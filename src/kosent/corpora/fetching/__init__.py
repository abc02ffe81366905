"""Downloads: addresses, checksums, archives, and where corpora lie."""
