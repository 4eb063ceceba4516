"""What still works when nodes, sites or failure domains are down."""
