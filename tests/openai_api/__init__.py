"""A stand-in for an OpenAI-compatible server, strict where the real one is, broken where one asks it to be.

    async with OpenAIStandIn() as llm:
        llm.reply({"praise": "Well done"}, when="check-in")   # or a text, or a function of the request
        llm.fail_next("html"); llm.fail_next(429, retry_after=1); llm.fail_next("drip", times=2)
        ... LLM_BASE_URL=llm.base_url ...
        assert llm.requests[0].user == "..."

By hand: `python -m tests.openai_api --port 8099`; faults and replies are then set at `/_control/...` (see server.py).
Law: it knows nothing of the engine.
"""

from tests.openai_api.faults import FAULTS, Fault
from tests.openai_api.request import ChatRequest, Transcription
from tests.openai_api.server import OpenAIStandIn

__all__ = ["FAULTS", "ChatRequest", "Fault", "OpenAIStandIn", "Transcription"]
