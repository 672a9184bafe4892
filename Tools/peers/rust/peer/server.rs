//! The echo service: Describe answers with the request as it was received, Empty with nothing, Fail with the status that it is sent, Wait
//! never. There are no streams here, so that data is never expected.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::envelope::{check_detail, encode_response, Request, Status, DEADLINE_EXCEEDED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNIMPLEMENTED};
use crate::frame::{self, Frame};

pub const ECHO: &str = "huleedu.test.Echo";

const MOST_CALLS: usize = 256;
/// Streams whose late data is ignored.
const ENDED_STREAMS: usize = 1024;
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
    streams: Mutex<Streams>,
}

/// Which streams run, and which have ended, the latest at the end.
#[derive(Default)]
struct Streams {
    running: HashSet<u32>,
    ended: VecDeque<u32>,
}

impl Streams {
    /// Notes that a stream has ended, unless a call runs on it.
    fn end(&mut self, stream: u32) {
        if self.running.contains(&stream) {
            return;
        }
        if self.ended.len() == ENDED_STREAMS {
            self.ended.pop_front();
        }
        self.ended.push_back(stream);
    }
}

impl Session {
    /// Serves a connection until its client closes it; handlers that still run then end on their own and find nobody to tell.
    fn run(connection: TcpStream) -> io::Result<()> {
        connection.set_nodelay(true)?;
        let mut reading = connection.try_clone()?;
        let session = Arc::new(Session { writing: Mutex::new(connection), streams: Mutex::default() });
        let ending = loop {
            match frame::read(&mut reading) {
                Ok(Some(found)) if found.kind == frame::REQUEST => session.begin(found),
                Ok(Some(found)) if found.kind == frame::DATA => session.ignore_or_refuse(found.stream),
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
            Err(refusal) => {
                self.streams.lock().unwrap().end(stream);
                self.write(stream, &Err(refusal));
            }
            Ok(request) => {
                self.streams.lock().unwrap().running.insert(stream);
                let session = self.clone();
                thread::spawn(move || {
                    let answer = answer(&request, arrival);
                    // In this order: whoever has the answer may take the stream again.
                    {
                        let mut streams = session.streams.lock().unwrap();
                        streams.running.remove(&stream);
                        streams.end(stream);
                    }
                    session.write(stream, &answer);
                });
            }
        }
    }

    /// Takes data, which may come late for a call and means nothing on any other stream.
    fn ignore_or_refuse(&self, stream: u32) {
        let mut streams = self.streams.lock().unwrap();
        if streams.running.contains(&stream) || streams.ended.contains(&stream) {
            return;
        }
        streams.end(stream);
        drop(streams);
        self.write(stream, &Err(Status::new(INVALID_ARGUMENT, format!("data on stream {stream}, which was not begun"))));
    }

    fn accept(&self, found: Frame) -> Result<Request, Status> {
        let streams = self.streams.lock().unwrap();
        let running = &streams.running;
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
        (ECHO, "Describe") => {
            take_detail(request)?;
            Ok(Request { timeout_nano: left.as_nanos() as i64, ..request.clone() }.encode())
        }
        (ECHO, "Empty") => take_detail(request).map(|()| Vec::new()),
        (ECHO, "Fail") => Err(Status::decode(&request.payload).unwrap_or_else(|error| unreadable("Status", error))),
        (ECHO, "Wait") => {
            take_detail(request)?;
            thread::sleep(left);
            Err(Status::new(DEADLINE_EXCEEDED, "the time of the call is over"))
        }
        (ECHO, method) => Err(Status::refusal(UNIMPLEMENTED, format!("no method {}", shortened(method)))),
        (service, _) => Err(Status::refusal(UNIMPLEMENTED, format!("no service {}", shortened(service)))),
    }
}

fn take_detail(request: &Request) -> Result<(), Status> {
    check_detail(&request.payload).map_err(|error| unreadable("Detail", error))
}

fn unreadable(message: &str, error: String) -> Status {
    Status::new(INVALID_ARGUMENT, format!("huleedu.wire.v1.{message}: {error}"))
}

fn shortened(name: &str) -> String {
    name.chars().take(100).collect()
}
