"""Chapters 01, 05 and 06: the jump of rank-one networks, and the ghost in their latent flow."""
