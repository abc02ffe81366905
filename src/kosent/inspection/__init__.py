"""Looking at the machine, at corpora and at what a model learned."""
