"""The same engagement in several documents, the pairs of its sides, and what each publisher leaves out."""
