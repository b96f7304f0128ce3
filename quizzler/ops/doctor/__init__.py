"""``quizzler doctor``: what is wrong with a set-up, and how to mend it. One module for each part of the set-up; each
check yields findings and raises nothing."""
