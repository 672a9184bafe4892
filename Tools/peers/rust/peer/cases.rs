//! What a client expects of a server with the echo service, in whatever language that is written.

use std::fmt::Debug;
use std::thread;
use std::time::Duration;

use crate::client::Client;
use crate::envelope::{Request, Status, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED};
use crate::protobuf::Writer;
use crate::server::ECHO;

type Case = fn(&Client) -> Result<(), String>;

pub const CASES: [(&str, Case); 8] = [
    ("payload, service and method arrive as they were sent", described),
    ("metadata arrives in order, repeated keys included", metadata),
    ("an empty message is a message", empty),
    ("all codes but OK cross the wire with their messages", every_code),
    ("a call ends at its deadline", deadline),
    ("an unknown service and an unknown method are UNIMPLEMENTED", unknown),
    ("a message over the limit is RESOURCE_EXHAUSTED and the connection stays usable", oversize),
    ("a hundred calls share one connection", many_calls),
];

const PATIENCE: Duration = Duration::from_secs(60);

fn request(method: &str, payload: Vec<u8>) -> Request {
    Request {
        service: ECHO.to_string(),
        method: method.to_string(),
        payload,
        timeout_nano: PATIENCE.as_nanos() as i64,
        metadata: Vec::new(),
    }
}

fn expect<T: PartialEq + Debug>(got: T, expected: T) -> Result<(), String> {
    if got == expected {
        return Ok(());
    }
    Err(format!("expected {expected:?}, got {got:?}"))
}

fn expect_code(answer: Result<Vec<u8>, Status>, code: i32) -> Result<Status, String> {
    match answer {
        Err(status) if status.code == code => Ok(status),
        other => Err(format!("expected code {code}, got {other:?}")),
    }
}

/// The request that Describe says it has received.
fn seen(client: &Client, sent: &Request) -> Result<Request, String> {
    let answer = client.call(sent, PATIENCE).map_err(|status| format!("{status:?}"))?;
    Request::decode(&answer)
}

/// A Detail with these bytes as its value.
fn detail(value: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.bytes(2, value);
    writer.0
}

fn described(client: &Client) -> Result<(), String> {
    let sent = request("Describe", detail(&[0, 1, 0xFF]));
    let seen = seen(client, &sent)?;
    if seen.timeout_nano <= 0 || seen.timeout_nano > sent.timeout_nano {
        return Err(format!("{} of {} nanoseconds are left", seen.timeout_nano, sent.timeout_nano));
    }
    expect(Request { timeout_nano: sent.timeout_nano, ..seen }, sent)
}

fn metadata(client: &Client) -> Result<(), String> {
    let pairs = |key: &str| vec![(key.to_string(), "first".to_string()), ("trace-id".to_string(), "second".to_string())];
    let sent = Request { metadata: pairs("Trace-ID"), ..request("Describe", Vec::new()) };
    expect(seen(client, &sent)?.metadata, pairs("trace-id"))
}

fn empty(client: &Client) -> Result<(), String> {
    expect(client.call(&request("Empty", Vec::new()), PATIENCE), Ok(Vec::new()))
}

fn every_code(client: &Client) -> Result<(), String> {
    for code in 1..=16 {
        let status = Status::new(code, format!("number {code}"));
        expect(client.call(&request("Fail", status.encode()), PATIENCE), Err(status))?;
    }
    Ok(())
}

fn deadline(client: &Client) -> Result<(), String> {
    let hasty = |nanoseconds| Request { timeout_nano: nanoseconds, ..request("Wait", Vec::new()) };
    // The server alone is told, so that it is the server that says so.
    expect_code(client.call(&hasty(50_000_000), PATIENCE), DEADLINE_EXCEEDED)?;
    expect_code(client.call(&hasty(-1), PATIENCE), DEADLINE_EXCEEDED)?;
    Ok(())
}

fn unknown(client: &Client) -> Result<(), String> {
    expect_code(client.call(&request("Guess", Vec::new()), PATIENCE), UNIMPLEMENTED)?;
    let elsewhere = Request { service: "no.such.Service".to_string(), ..request("Empty", Vec::new()) };
    expect_code(client.call(&elsewhere, PATIENCE), UNIMPLEMENTED).map(|_| ())
}

fn oversize(client: &Client) -> Result<(), String> {
    expect_code(client.call(&request("Empty", vec![7; 4 << 20]), PATIENCE), RESOURCE_EXHAUSTED)?;
    empty(client)
}

fn many_calls(client: &Client) -> Result<(), String> {
    thread::scope(|scope| {
        let calls: Vec<_> = (0..100u8)
            .map(|number| {
                scope.spawn(move || {
                    let sent = request("Describe", detail(&[number]));
                    expect(seen(client, &sent)?.payload, sent.payload)
                })
            })
            .collect();
        calls.into_iter().try_for_each(|call| call.join().map_err(|_| "a caller panicked".to_string())?)
    })
}
