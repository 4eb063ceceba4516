"""The requirements, one literal a row, one file a source system."""
