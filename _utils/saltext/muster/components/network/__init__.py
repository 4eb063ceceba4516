"""The network component: devices, addresses, routes, by the node's own backend."""
