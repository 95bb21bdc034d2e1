"""How people came where they stand, for `dialogue trace`: turns as they were, and what today's files make of them.

Law: reads only. It shows what people said: it is for who may see that.
"""
