//! Unary calls over one connection, any number of them at the same time.

use std::collections::HashMap;
use std::io;
use std::net::TcpStream;
use std::sync::mpsc::{channel, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::envelope::{decode_response, Request, Status, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE};
use crate::frame;

type Answer = Result<Vec<u8>, Status>;

/// What is written, and who waits for what comes back; None once the connection is lost.
struct Calls {
    next_stream: u32,
    waiting: Option<HashMap<u32, Sender<Answer>>>,
}

pub struct Client {
    connection: TcpStream,
    calls: Arc<Mutex<Calls>>,
}

impl Client {
    pub fn connect(address: &str) -> io::Result<Client> {
        let connection = TcpStream::connect(address)?;
        connection.set_nodelay(true)?;
        let calls = Arc::new(Mutex::new(Calls { next_stream: 1, waiting: Some(HashMap::new()) }));
        let (reading, read) = (connection.try_clone()?, calls.clone());
        thread::spawn(move || hand_out(reading, &read));
        Ok(Client { connection, calls })
    }

    /// Makes a call; a caller that waits no longer drops what still comes.
    pub fn call(&self, request: &Request, patience: Duration) -> Answer {
        let content = request.encode();
        let (sender, receiver) = channel();
        {
            // Streams rise in the order in which requests are written: one lock for both.
            let mut calls = self.calls.lock().unwrap();
            let stream = calls.next_stream;
            calls.next_stream += 2;
            let waiting = calls.waiting.as_mut().ok_or_else(lost)?;
            waiting.insert(stream, sender);
            frame::write(&mut &self.connection, stream, frame::REQUEST, &content).map_err(|_| lost())?;
        }
        match receiver.recv_timeout(patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(Status::new(DEADLINE_EXCEEDED, "the caller's time is over")),
            Err(RecvTimeoutError::Disconnected) => Err(lost()),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // What has been lost already cannot be shut down, and need not be.
        let _ = self.connection.shutdown(std::net::Shutdown::Both);
    }
}

fn lost() -> Status {
    Status::new(UNAVAILABLE, "the connection was lost")
}

/// Gives each answer to whoever waits for it, until the connection ends.
fn hand_out(mut connection: TcpStream, calls: &Mutex<Calls>) {
    while let Ok(Some(found)) = frame::read(&mut connection) {
        if found.kind != frame::RESPONSE {
            continue;
        }
        let waiting = calls.lock().unwrap().waiting.as_mut().and_then(|waiting| waiting.remove(&found.stream));
        if let Some(sender) = waiting {
            let answer = match found.payload {
                Some(payload) => decode_response(&payload),
                None => Err(Status::new(RESOURCE_EXHAUSTED, "the answer is longer than this client takes")),
            };
            // Whoever waits no longer does not want it.
            let _ = sender.send(answer);
        }
    }
    calls.lock().unwrap().waiting = None;
}
