"""The impact engine: states of all elements as a least fixed point, arrays in and arrays out."""
