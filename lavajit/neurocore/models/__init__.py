"""Models of the library's Processes for neurocores; importing this registers them."""
