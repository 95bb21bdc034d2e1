"""Pictures of scenarios that a manager understands: questions, branches, model steps, ends.

Law: a picture is made from what step kinds declare (`ways`, `blocks`, their texts), so a new kind is in it by itself.
"""
