"""Two runs side by side: where and when they part."""
