//! Frames: a header of ten bytes and a payload.

use std::io::{self, Read, Write};

pub const REQUEST: u8 = 1;
pub const RESPONSE: u8 = 2;
pub const DATA: u8 = 3;

/// The longest payload that is taken, in bytes.
pub const LONGEST: usize = 4 << 20;

pub struct Frame {
    pub stream: u32,
    pub kind: u8,
    /// None where it was longer than is taken; then it has been dropped as it arrived.
    pub payload: Option<Vec<u8>>,
}

/// Reads the next frame; None where the connection ends between two of them.
pub fn read(from: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut header = [0; 10];
    let begun = from.read(&mut header)?;
    if begun == 0 {
        return Ok(None);
    }
    from.read_exact(&mut header[begun..])?;
    if header[0] != 0 {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame of 16 MiB or more, or no frames at all"));
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (length, stream, kind) = (number(0) as usize, number(4), header[8]);
    let mut rest = from.take(length as u64);
    if length > LONGEST {
        io::copy(&mut rest, &mut io::sink())?;
        return Ok(Some(Frame { stream, kind, payload: None }));
    }
    let mut payload = Vec::new();
    rest.read_to_end(&mut payload)?;
    if payload.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(Frame { stream, kind, payload: Some(payload) }))
}

/// Writes a frame without flags, as unary calls have them.
pub fn write(to: &mut impl Write, stream: u32, kind: u8, payload: &[u8]) -> io::Result<()> {
    let mut content = Vec::with_capacity(10 + payload.len());
    content.extend_from_slice(&(payload.len() as u32).to_be_bytes());
    content.extend_from_slice(&stream.to_be_bytes());
    content.extend_from_slice(&[kind, 0]);
    content.extend_from_slice(payload);
    to.write_all(&content)
}
