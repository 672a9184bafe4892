"""Uses the official Python clients against a fake provider.

Usage: official_clients.py URL KEY

The provider must have been started with the faults that FAULTS names, in that order, because the checks run in order. Prints one
line per check, "ok NAME" or "FAIL NAME: reason", and exits with 1 if any failed.
"""

import hashlib
import json
import sys

import anthropic

try:
    import openai
except ImportError:
    openai = None

# The script of the provider: one entry per request that is valid, in the order of the checks below.
FAULTS = "ok,ok,ok,ok,ok,ok,429:1,spend-limit,529,500,500,ok,refusal,stream-error,ok,ok,ok,ok,ok,429:1"

SCHEMA = {
    "type": "object",
    "properties": {
        "winner": {"type": "string", "enum": ["first", "second"]},
        "rationale": {"type": "string"},
        "confidence": {"type": "integer"},
    },
    "required": ["winner", "rationale", "confidence"],
    "additionalProperties": False,
}


def prompt(first, second):
    mark = hashlib.sha256(first.encode() + b"\0" + second.encode()).hexdigest()[:12]
    return "\n".join(
        f"=====BEGIN ESSAY {number} {mark}=====\n{text}\n=====END ESSAY {number} {mark}====="
        for number, text in ((1, first), (2, second))
    )


def expect_error(kind, call, **attributes):
    try:
        call()
    except kind as error:
        for name, value in attributes.items():
            assert getattr(error, name) == value, (name, getattr(error, name))
        return error
    raise AssertionError(f"no {kind.__name__}")


def anthropic_checks(url, key):
    client = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
    hello = {"model": "claude-haiku-4-5", "max_tokens": 256, "messages": [{"role": "user", "content": "Hello"}]}
    tool = {"name": "verdict", "description": "d", "strict": True, "input_schema": SCHEMA}
    forced = {
        **hello,
        "tools": [tool],
        "tool_choice": {"type": "tool", "name": "verdict"},
        "messages": [{"role": "user", "content": prompt("one", "two")}],
    }

    def normal():
        message = client.messages.create(**hello)
        assert message.type == "message" and message.role == "assistant", message
        assert message.stop_reason == "end_turn" and message.content[0].text.startswith("SIMULATED"), message
        assert message.usage.input_tokens > 0 and message.usage.output_tokens > 0, message.usage
        assert message.usage.cache_creation.ephemeral_5m_input_tokens == 0, message.usage
        assert message._request_id.startswith("req_"), message._request_id

    def forced_tool():
        message = client.messages.create(**forced)
        assert message.stop_reason == "tool_use" and message.content[0].type == "tool_use", message
        verdict = message.content[0].input
        assert verdict["winner"] in ("first", "second") and 1 <= verdict["confidence"] <= 5, verdict

    def structured_output():
        message = client.messages.create(
            **{**forced, "model": "claude-opus-5-5", "tools": [], "tool_choice": anthropic.NOT_GIVEN},
            output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
        )
        assert json.loads(message.content[0].text)["winner"] in ("first", "second"), message

    def cache():
        shared = {"type": "text", "text": "shared " * 4000, "cache_control": {"type": "ephemeral"}}
        usages = [client.messages.create(**{**hello, "system": [shared]}).usage for _ in range(2)]
        assert usages[0].cache_creation_input_tokens > 4096 and usages[0].cache_read_input_tokens == 0, usages
        assert usages[1].cache_read_input_tokens == usages[0].cache_creation_input_tokens, usages

    def stream():
        with client.messages.stream(**forced) as events:
            message = events.get_final_message()
        assert message.stop_reason == "tool_use" and message.content[0].input["winner"] in ("first", "second"), message
        assert message.usage.output_tokens > 1, message.usage

    def wrong_key():
        stranger = anthropic.Anthropic(base_url=url, api_key="wrong", max_retries=0)
        expect_error(anthropic.AuthenticationError, lambda: stranger.messages.create(**hello), status_code=401)

    def unknown_model():
        expect_error(
            anthropic.NotFoundError, lambda: client.messages.create(**{**hello, "model": "claude-1"}), status_code=404
        )

    def invalid():
        expect_error(
            anthropic.BadRequestError, lambda: client.messages.create(**{**hello, "max_tokens": -1}), status_code=400
        )

    def rate_limited():
        error = expect_error(anthropic.RateLimitError, lambda: client.messages.create(**hello), status_code=429)
        assert error.response.headers["retry-after"] == "1", error.response.headers

    def spend_limit():
        error = expect_error(anthropic.RateLimitError, lambda: client.messages.create(**hello), status_code=429)
        assert "retry-after" not in error.response.headers, error.response.headers
        assert error.body["error"]["details"]["error_code"] == "enforced_spend_limit_reached", error.body

    def overloaded():
        error = expect_error(anthropic.APIStatusError, lambda: client.messages.create(**hello), status_code=529)
        assert error.body["error"]["type"] == "overloaded_error", error.body

    def retried():
        message = client.with_options(max_retries=2).messages.create(**hello)
        assert message.stop_reason == "end_turn", message

    def refusal():
        assert client.messages.create(**forced).stop_reason == "refusal"

    def broken_stream():
        def read():
            with client.messages.stream(**forced) as events:
                events.get_final_message()

        error = expect_error(anthropic.APIStatusError, read)
        assert "overloaded" in str(error).lower(), error

    def count_tokens():
        counted = client.messages.count_tokens(model=hello["model"], messages=hello["messages"])
        assert counted.input_tokens > 0, counted

    def models():
        assert "claude-haiku-4-5" in [model.id for model in client.models.list()]
        assert client.models.retrieve("claude-opus-5-5").id == "claude-opus-5-5"

    def batches():
        calls = client.messages.batches
        requests = [{"custom_id": f"item-{number}", "params": hello} for number in range(3)]
        requests.append({"custom_id": "bad", "params": {**hello, "max_tokens": -1}})
        created = calls.create(requests=requests)
        assert created.type == "message_batch" and created.processing_status == "in_progress", created
        ended = calls.retrieve(created.id)
        assert ended.processing_status == "ended" and ended.request_counts.succeeded == 3, ended
        assert created.id in [batch.id for batch in calls.list(limit=1)]
        results = {line.custom_id: line.result for line in calls.results(created.id)}
        assert len(results) == 4 and results["item-1"].message.content[0].text.startswith("SIMULATED"), results
        assert results["item-1"].message.usage.service_tier == "batch", results["item-1"]
        assert results["bad"].error.error.type == "invalid_request_error", results["bad"]
        expect_error(anthropic.BadRequestError, lambda: calls.cancel(created.id), status_code=400)
        assert calls.delete(created.id).type == "message_batch_deleted"
        expect_error(
            anthropic.BadRequestError, lambda: calls.create(requests=[requests[0], requests[0]]), status_code=400
        )

    return [
        normal, forced_tool, structured_output, cache, stream, wrong_key, unknown_model, invalid, rate_limited,
        spend_limit, overloaded, retried, refusal, broken_stream, count_tokens, models, batches,
    ]


def openai_checks(url, key):
    client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
    asked = {"model": "gpt-simulated", "messages": [{"role": "user", "content": prompt("one", "two")}]}

    def function():
        tool = {"type": "function", "function": {"name": "verdict", "parameters": SCHEMA, "strict": True}}
        choice = {"type": "function", "function": {"name": "verdict"}}
        completion = client.chat.completions.create(**asked, tools=[tool], tool_choice=choice)
        call = completion.choices[0].message.tool_calls[0]
        assert json.loads(call.function.arguments)["winner"] in ("first", "second"), call
        assert completion.usage.total_tokens > 0, completion.usage

    def response_format():
        shape = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA, "strict": True}}
        completion = client.chat.completions.create(**asked, response_format=shape)
        assert json.loads(completion.choices[0].message.content)["winner"] in ("first", "second"), completion

    def openai_rate_limited():
        expect_error(openai.RateLimitError, lambda: client.chat.completions.create(**asked), status_code=429)

    def openai_wrong_key():
        stranger = openai.OpenAI(base_url=url + "/v1", api_key="wrong", max_retries=0)
        expect_error(openai.AuthenticationError, lambda: stranger.chat.completions.create(**asked), status_code=401)

    def openai_unknown_model():
        expect_error(
            openai.NotFoundError, lambda: client.chat.completions.create(**{**asked, "model": "gpt-0"}), status_code=404
        )

    return [function, response_format, openai_rate_limited, openai_wrong_key, openai_unknown_model]


def main():
    url, key = sys.argv[1:3]
    checks = anthropic_checks(url, key) + (openai_checks(url, key) if openai else [])
    failed = False
    for check in checks:
        try:
            check()
            print("ok", check.__name__, flush=True)
        except Exception as error:
            failed = True
            print(f"FAIL {check.__name__}: {type(error).__name__}: {error}".replace("\n", " "), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
