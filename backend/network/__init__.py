"""The city as it is served: districts, streets and communities, who collects where, and on which scales."""
