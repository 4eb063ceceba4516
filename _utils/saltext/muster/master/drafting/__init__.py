"""A first cluster file from servers' bundles: what they tell, put together and written down."""
