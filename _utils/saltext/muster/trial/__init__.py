"""Changes on trial: applied by a unit of their own, kept when confirmed in time, else put back."""
