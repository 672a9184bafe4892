//! The few kinds of protobuf field that the envelopes have.

/// Writes a message's fields; a field with its default is left out.
#[derive(Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    pub fn bytes(&mut self, field: u64, content: &[u8]) {
        if !content.is_empty() {
            self.message(field, content);
        }
    }

    /// A message is written though it is empty.
    pub fn message(&mut self, field: u64, content: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(content.len() as u64);
        self.0.extend_from_slice(content);
    }

    pub fn number(&mut self, field: u64, value: i64) {
        if value != 0 {
            self.varint(field << 3);
            self.varint(value as u64);
        }
    }

    fn varint(&mut self, mut value: u64) {
        while value > 0x7F {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

pub enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// A number of fixed size, which no envelope has.
    Fixed,
}

impl<'a> Value<'a> {
    pub fn number(self, name: &str) -> Result<u64, String> {
        match self {
            Value::Number(value) => Ok(value),
            _ => Err(format!("{name}: another wire type than the field's")),
        }
    }

    pub fn bytes(self, name: &str) -> Result<&'a [u8], String> {
        match self {
            Value::Bytes(content) => Ok(content),
            _ => Err(format!("{name}: another wire type than the field's")),
        }
    }

    pub fn text(self, name: &str) -> Result<String, String> {
        let content = self.bytes(name)?;
        String::from_utf8(content.to_vec()).map_err(|_| format!("{name}: not UTF-8"))
    }
}

/// Reads a message field by field.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next field and its value; None at the end.
    pub fn next(&mut self) -> Result<Option<(u64, Value<'a>)>, String> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let tag = self.varint(5)?;
        if tag >> 3 == 0 || tag >> 32 != 0 {
            return Err(format!("field number {}", tag >> 3));
        }
        let value = match tag & 7 {
            0 => Value::Number(self.varint(10)?),
            2 => {
                let length = self.varint(5)?;
                Value::Bytes(self.take(length)?)
            }
            1 => self.take(8).map(|_| Value::Fixed)?,
            5 => self.take(4).map(|_| Value::Fixed)?,
            other => return Err(format!("wire type {other}, which is a group or nothing")),
        };
        Ok(Some((tag >> 3, value)))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        if length > self.0.len() as u64 {
            return Err("the bytes end inside a field".to_string());
        }
        let (content, rest) = self.0.split_at(length as usize);
        self.0 = rest;
        Ok(content)
    }

    fn varint(&mut self, longest: usize) -> Result<u64, String> {
        let mut value = 0;
        for place in 0..longest {
            let byte = self.take(1)?[0];
            if place == 9 && byte > 1 {
                return Err("a number of more than 64 bits".to_string());
            }
            value |= u64::from(byte & 0x7F) << (7 * place);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(format!("a number of more than {longest} bytes"))
    }
}
