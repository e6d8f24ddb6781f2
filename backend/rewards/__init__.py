"""What points buy: offers with their stock, redemptions that hold both, and vouchers a till takes once."""
