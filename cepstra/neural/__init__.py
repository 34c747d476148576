"""Speaker embeddings: networks on the frames of a message; training needs PyTorch, use does not."""
