"""Tables of synthetic benchmark items, in our own words; make_synthetic_data.py writes them out."""
