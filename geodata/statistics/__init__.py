"""Statistics of counts, rates, clusters and points: arrays in, arrays out, no domain above them."""
