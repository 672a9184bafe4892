//! The echo service: Describe answers with the request as it was received, Empty with nothing, Fail with the status that it is sent, Wait
//! never. There are no streams here; data is ignored.

use std::collections::HashSet;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::envelope::{
    encode_response, Request, Status, DEADLINE_EXCEEDED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED,
};
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
        let session = Arc::new(Session { connection: connection?, running: Mutex::new(HashSet::new()) });
        session.connection.set_nodelay(true)?;
        thread::spawn(move || session.run());
    }
    Ok(())
}

/// One connection and the calls that run on it.
struct Session {
    connection: TcpStream,
    /// Held while a frame is written, too, so that frames do not mix.
    running: Mutex<HashSet<u32>>,
}

impl Session {
    fn run(self: Arc<Self>) {
        let mut reading = &self.connection;
        while let Ok(Some(found)) = frame::read(&mut reading) {
            if found.kind == frame::REQUEST {
                self.clone().begin(found);
            }
        }
        // Handlers that still run end on their own and find nobody to tell.
        let _ = self.connection.shutdown(std::net::Shutdown::Both);
    }

    /// Starts a handler, or answers why not.
    fn begin(self: Arc<Self>, found: Frame) {
        let (stream, arrival) = (found.stream, Instant::now());
        match self.accept(found) {
            Err(refusal) => self.write(&mut self.running.lock().unwrap(), stream, &Err(refusal)),
            Ok(request) => {
                self.running.lock().unwrap().insert(stream);
                thread::spawn(move || {
                    let answer = answer(&request, arrival);
                    let mut running = self.running.lock().unwrap();
                    running.remove(&stream);
                    self.write(&mut running, stream, &answer);
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
        let payload = found.payload.ok_or_else(|| {
            Status::refusal(RESOURCE_EXHAUSTED, format!("a request of more than {} bytes", frame::LONGEST))
        })?;
        let request = Request::decode(&payload).map_err(|error| Status::new(INVALID_ARGUMENT, error))?;
        if request.metadata_size() > MOST_METADATA {
            return Err(Status::refusal(RESOURCE_EXHAUSTED, format!("more than {MOST_METADATA} bytes of metadata")));
        }
        Ok(request)
    }

    fn write(&self, _held: &mut HashSet<u32>, stream: u32, answer: &Answer) {
        // A client that has gone is told nothing.
        let _ = frame::write(&mut &self.connection, stream, frame::RESPONSE, &encode_response(answer));
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
