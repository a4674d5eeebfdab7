"""The generated lexicons: countries, cities, portfolios, people, organisations."""
