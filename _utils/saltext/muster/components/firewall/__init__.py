"""A node's firewall: what it accepts, as nftables or firewalld are told, and the guard."""
