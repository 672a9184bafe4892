//! The echo service: Describe answers with the request as it was received, Empty with nothing, Fail with the status that it is sent, Wait
//! never. There are no streams here; data is ignored.

use std::collections::HashSet;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::envelope::{encode_response, Request, Status, DEADLINE_EXCEEDED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED};
use crate::frame::{self, Frame};

pub const ECHO: &str = "huleedu.test.Echo";

const MOST_CALLS: usize = 256;
const MOST_METADATA: usize = 16 << 10;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(600);

type Answer = Result<Vec<u8>, Status>;

/// Serves until the process is killed; the first line printed tells the address.
pub fn serve(address: &str) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    println!("{}", listener.local_addr()?);
    for connection in listener.incoming() {
        // A connection that failed before it was taken concerns its client alone.
        thread::spawn(move || connection.and_then(Session::run));
    }
    Ok(())
}

/// One connection and the calls that run on it.
struct Session {
    writing: Mutex<TcpStream>,
    running: Mutex<HashSet<u32>>,
}

impl Session {
    /// Serves a connection until its client closes it; handlers that still run then end on their own and find nobody to tell.
    fn run(connection: TcpStream) -> io::Result<()> {
        connection.set_nodelay(true)?;
        let mut reading = connection.try_clone()?;
        let session = Arc::new(Session { writing: Mutex::new(connection), running: Mutex::new(HashSet::new()) });
        let ending = loop {
            match frame::read(&mut reading) {
                Ok(Some(found)) if found.kind == frame::REQUEST => session.begin(found),
                Ok(Some(_)) => {}
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        reading.shutdown(Shutdown::Both)?;
        ending
    }

    /// Starts a handler, or answers why not.
    fn begin(self: &Arc<Self>, found: Frame) {
        let (stream, arrival) = (found.stream, Instant::now());
        match self.accept(found) {
            Err(refusal) => self.write(stream, &Err(refusal)),
            Ok(request) => {
                self.running.lock().unwrap().insert(stream);
                let session = self.clone();
                thread::spawn(move || {
                    let answer = answer(&request, arrival);
                    // In this order: whoever has the answer may take the stream again.
                    session.running.lock().unwrap().remove(&stream);
                    session.write(stream, &answer);
                });
            }
        }
    }

    fn accept(&self, found: Frame) -> Result<Request, Status> {
        let running = self.running.lock().unwrap();
        if found.stream % 2 == 0 || running.contains(&found.stream) {
            return Err(Status::new(INVALID_ARGUMENT, format!("stream {} is even or runs already", found.stream)));
        }
        if running.len() >= MOST_CALLS {
            return Err(Status::refusal(RESOURCE_EXHAUSTED, "too many calls run on this connection"));
        }
        let payload = found
            .payload
            .ok_or_else(|| Status::refusal(RESOURCE_EXHAUSTED, format!("a request of more than {} bytes", frame::LONGEST)))?;
        let request = Request::decode(&payload).map_err(|error| Status::new(INVALID_ARGUMENT, error))?;
        if request.metadata_size() > MOST_METADATA {
            return Err(Status::refusal(RESOURCE_EXHAUSTED, format!("more than {MOST_METADATA} bytes of metadata")));
        }
        Ok(request)
    }

    fn write(&self, stream: u32, answer: &Answer) {
        // A client that has gone is told nothing.
        let _ = frame::write(&mut *self.writing.lock().unwrap(), stream, frame::RESPONSE, &encode_response(answer));
    }
}

fn answer(request: &Request, arrival: Instant) -> Answer {
    if request.timeout_nano < 0 {
        return Err(Status::new(DEADLINE_EXCEEDED, "the time of the call was over when it arrived"));
    }
    let timeout = match request.timeout_nano {
        0 => DEFAULT_TIMEOUT,
        nanoseconds => LONGEST_TIMEOUT.min(Duration::from_nanos(nanoseconds as u64)),
    };
    let left = (arrival + timeout).saturating_duration_since(Instant::now());
    match (request.service.as_str(), request.method.as_str()) {
        (ECHO, "Describe") => Ok(Request { timeout_nano: left.as_nanos() as i64, ..request.clone() }.encode()),
        (ECHO, "Empty") => Ok(Vec::new()),
        (ECHO, "Fail") => Err(Status::decode(&request.payload).unwrap_or_else(|error| Status::new(INVALID_ARGUMENT, error))),
        (ECHO, "Wait") => {
            thread::sleep(left);
            Err(Status::new(DEADLINE_EXCEEDED, "the time of the call is over"))
        }
        (ECHO, method) => Err(Status::refusal(UNIMPLEMENTED, format!("no method {}", shortened(method)))),
        (service, _) => Err(Status::refusal(UNIMPLEMENTED, format!("no service {}", shortened(service)))),
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(100).collect()
}
