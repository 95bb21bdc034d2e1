"""What went wrong in a template, as one kind of error. Law: the message names no value, for it may be a person's."""

from __future__ import annotations

from jinja2.exceptions import SecurityError, TemplateError, UndefinedError

from engine.core.finding import Span
from engine.core.sandbox import OverBound


class TemplateFailed(Exception):
    """A text or expression could not be rendered. `span` is where it stands; the message names no value."""

    def __init__(self, message: str, span: Span | None) -> None:
        super().__init__(message)
        self.span = span


def failed(error: Exception, span: Span | None) -> TemplateFailed:
    """Any failure of a template as one kind of error, in words that hold no person's data."""
    if isinstance(error, OverBound):
        return TemplateFailed(f"this text goes over its bound: {error}", span)
    if isinstance(error, UndefinedError):
        return TemplateFailed(f"unknown name: {error.message}", span)
    if isinstance(error, SecurityError):
        return TemplateFailed("this is not allowed in a template", span)
    if isinstance(error, TemplateError):
        return TemplateFailed(f"{type(error).__name__}: {error.message}", span)
    if isinstance(error, RecursionError):
        return TemplateFailed("this template runs itself without end", span)
    if isinstance(error, ZeroDivisionError):
        return TemplateFailed("division by zero", span)
    if isinstance(error, TypeError):
        return TemplateFailed(_of_types(str(error)), span)
    return TemplateFailed(f"{type(error).__name__} in this template", span)


def _of_types(told: str) -> str:
    """Python's words name types and functions, and never a value; ours name neither."""
    if "not callable" in told:
        return "something is called with () here that is no function"
    if "argument" in told and ("missing" in told or "unexpected" in told or "takes" in told or "expected" in told):
        return "a function or a filter is given too much or too little here"
    return "values of these types do not go together here"
