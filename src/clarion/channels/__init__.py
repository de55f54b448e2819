"""The networks: a contract, one package a provider, and the client that all of them send through."""
