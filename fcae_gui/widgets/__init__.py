"""Qt parts that have never heard of an autoencoder."""
