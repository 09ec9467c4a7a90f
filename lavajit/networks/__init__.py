"""Networks written as formulas: ``y << w @ x`` connects the vector x through the matrix w to y."""
