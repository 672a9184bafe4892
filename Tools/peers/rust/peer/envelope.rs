//! Envelopes, and the messages of the echo service, which are envelopes and their parts.

use crate::protobuf::{Reader, Writer};

pub const INVALID_ARGUMENT: i32 = 3;
pub const DEADLINE_EXCEEDED: i32 = 4;
pub const RESOURCE_EXHAUSTED: i32 = 8;
pub const UNIMPLEMENTED: i32 = 12;
pub const INTERNAL: i32 = 13;
pub const UNAVAILABLE: i32 = 14;

const REFUSED: &str = "type.googleapis.com/huleedu.wire.v1.Refused";

#[derive(Default, Debug, Clone, PartialEq)]
pub struct Request {
    pub service: String,
    pub method: String,
    pub payload: Vec<u8>,
    /// How long the caller waits; 0: it does not say; below 0: no longer.
    pub timeout_nano: i64,
    pub metadata: Vec<(String, String)>,
}

impl Request {
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.bytes(1, self.service.as_bytes());
        writer.bytes(2, self.method.as_bytes());
        writer.bytes(3, &self.payload);
        writer.number(4, self.timeout_nano);
        for (key, value) in &self.metadata {
            let mut pair = Writer::default();
            pair.bytes(1, key.as_bytes());
            pair.bytes(2, value.as_bytes());
            writer.message(5, &pair.0);
        }
        writer.0
    }

    /// Reads a request; the error names the field.
    pub fn decode(content: &[u8]) -> Result<Request, String> {
        let mut request = Request::default();
        let mut reader = Reader(content);
        while let Some((field, value)) = reader.next()? {
            match field {
                1 => request.service = value.text("service")?,
                2 => request.method = value.text("method")?,
                3 => request.payload = value.bytes("payload")?.to_vec(),
                4 => request.timeout_nano = value.number("timeout_nano")? as i64,
                5 => request.metadata.push(pair(value.bytes("metadata")?)?),
                _ => {}
            }
        }
        Ok(request)
    }

    /// What the metadata counts for, in bytes.
    pub fn metadata_size(&self) -> usize {
        self.metadata.iter().map(|(key, value)| key.len() + value.len() + 32).sum()
    }
}

/// Keys are read in lower case.
fn pair(content: &[u8]) -> Result<(String, String), String> {
    let mut pair = (String::new(), String::new());
    let mut reader = Reader(content);
    while let Some((field, value)) = reader.next()? {
        match field {
            1 => pair.0 = value.text("metadata.key")?.to_lowercase(),
            2 => pair.1 = value.text("metadata.value")?,
            _ => {}
        }
    }
    Ok(pair)
}

/// Reads a Detail, of which nothing is kept; the error names the field.
pub fn check_detail(content: &[u8]) -> Result<(), String> {
    let mut reader = Reader(content);
    while let Some((field, value)) = reader.next()? {
        match field {
            1 => {
                if value.text("type_url")?.contains('\0') {
                    return Err("type_url: a NUL in it".to_string());
                }
            }
            2 => drop(value.bytes("value")?),
            _ => {}
        }
    }
    Ok(())
}

/// Why a call failed; `refused` says that no handler has seen it.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub code: i32,
    pub message: String,
    pub refused: bool,
}

impl Status {
    pub fn new(code: i32, message: impl Into<String>) -> Status {
        Status { code, message: message.into(), refused: false }
    }

    pub fn refusal(code: i32, message: impl Into<String>) -> Status {
        Status { refused: true, ..Status::new(code, message) }
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.number(1, self.code.into());
        writer.bytes(2, self.message.as_bytes());
        if self.refused {
            let mut detail = Writer::default();
            detail.bytes(1, REFUSED.as_bytes());
            writer.message(3, &detail.0);
        }
        writer.0
    }

    pub fn decode(content: &[u8]) -> Result<Status, String> {
        let mut status = Status::new(0, "");
        let mut reader = Reader(content);
        while let Some((field, value)) = reader.next()? {
            match field {
                1 => status.code = value.number("status.code")? as i32,
                2 => status.message = value.text("status.message")?,
                3 => status.refused |= is_refusal(value.bytes("status.details")?)?,
                _ => {}
            }
        }
        Ok(status)
    }
}

fn is_refusal(detail: &[u8]) -> Result<bool, String> {
    let mut reader = Reader(detail);
    while let Some((field, value)) = reader.next()? {
        if field == 1 && value.text("status.details.type_url")? == REFUSED {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The envelope of an answer, or of the reason why there is none.
pub fn encode_response(answer: &Result<Vec<u8>, Status>) -> Vec<u8> {
    let mut writer = Writer::default();
    match answer {
        Ok(payload) => writer.bytes(2, payload),
        Err(status) => writer.message(1, &status.encode()),
    }
    writer.0
}

/// The message of an answer, or the status that stands in its place.
pub fn decode_response(content: &[u8]) -> Result<Vec<u8>, Status> {
    let unreadable = |error: String| Status::new(INTERNAL, format!("the answer cannot be read: {error}"));
    let mut payload = Vec::new();
    let mut reader = Reader(content);
    while let Some((field, value)) = reader.next().map_err(unreadable)? {
        match field {
            1 => {
                let status = value.bytes("status").and_then(Status::decode).map_err(unreadable)?;
                if status.code != 0 {
                    return Err(status);
                }
            }
            2 => payload = value.bytes("payload").map_err(unreadable)?.to_vec(),
            _ => {}
        }
    }
    Ok(payload)
}
