"""Every part of the product is killed, lost or lied to, and nothing that was answered is lost."""
