"""What runs leave behind, and what a CRM holds that imports their files."""
