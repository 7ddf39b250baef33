"""The month that sales and marketing look back at: its revenue as a product, and who is credited with its deals."""
