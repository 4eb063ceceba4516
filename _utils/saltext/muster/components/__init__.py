"""Components: one file a concern, with its diff and its edits as pure functions."""
