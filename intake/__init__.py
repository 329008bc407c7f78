"""What comes in: people, tags, applications and pools, checked and written with the intent to index beside them."""
