"""fcae_gui: watch fully connected autoencoders learn, and decode their latent space while they do."""

__version__ = "0.1.0"
