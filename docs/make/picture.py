def picture() -> str: return "<svg/>"
