"""How a cluster's picture is made: what it shows, where that stands, and the SVG of it."""
